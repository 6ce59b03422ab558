import Bytes
import Commands
import RESP

/// SLOWLOG: the commands that took long.
enum SlowLogCommands {
    static let slowlog = SessionCommand(
        CommandDeclaration(
            "slowlog", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about the slow log.", complexity: "Depends on subcommand.",
                since: "2.2.12", group: .server)),
        subcommands: [get, len, reset, help])

    /// Entries that are answered when no number is given.
    private static let countDefault = 10

    private static let get = SessionCommand(
        CommandDeclaration(
            "get", of: "slowlog", arity: -2, [.admin, .loading, .stale],
            tips: ["request_policy:all_nodes", "nondeterministic_output"],
            docs: CommandDocs(
                "Returns entries of the slow log, newest first.",
                complexity: "O(N) where N is the number of entries returned", since: "2.2.12",
                group: .server, arguments: [.integer("count", .optional)],
                history: [("4.0.0", "Entries tell the client's address and name.")]))
    ) { arguments, session throws(CommandError) in
        guard arguments.count <= 3 else {
            throw .tooManyWords(arguments, of: "SLOWLOG")
        }
        var count = countDefault
        if arguments.count == 3 {
            guard let wanted = arguments[2].integer, wanted >= -1 else {
                throw .text("ERR count should be greater than or equal to -1")
            }
            count = wanted == -1 ? .max : Int(wanted)
        }
        let items = session.server.slowLog.items.prefix(count)
        let replies = session.replies
        replies.array(items.count)
        for item in items {
            replies.array(6)
            replies.integer(item.identifier)
            replies.integer(item.time)
            replies.integer(item.microseconds)
            replies.array(item.words.count)
            for word in item.words { replies.bulk(word) }
            replies.bulk(item.peer)
            replies.bulk(item.clientName)
        }
    }

    private static let len = SessionCommand(
        CommandDeclaration(
            "len", of: "slowlog", arity: 2, [.admin, .loading, .stale],
            tips: [
                "request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output",
            ],
            docs: CommandDocs(
                "Returns the number of entries in the slow log.", complexity: "O(1)",
                since: "2.2.12", group: .server))
    ) { _, session throws(CommandError) in
        session.replies.integer(session.server.slowLog.items.count)
    }

    private static let reset = SessionCommand(
        CommandDeclaration(
            "reset", of: "slowlog", arity: 2, [.admin, .loading, .stale],
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Empties the slow log.",
                complexity: "O(N) where N is the number of entries in the slowlog",
                since: "2.2.12", group: .server))
    ) { _, session throws(CommandError) in
        session.server.slowLog.removeAll()
        session.replies.ok()
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "slowlog", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "6.2.0",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.help(
            of: "SLOWLOG",
            [
                "GET [<count>]",
                "    The newest <count> entries (default: 10; -1 is all). An entry tells number,",
                "    time, microseconds, arguments, client address and client name.",
                "LEN",
                "    The number of entries.",
                "RESET",
                "    Empty the log.",
            ])
    }
}
