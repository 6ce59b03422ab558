import Bytes
import Commands
import Keyspace
import RESP

/// MULTI, EXEC and what belongs to them.
enum TransactionCommands {
    static let all = [multi, exec, discard, watch, unwatch]

    private static let multi = SessionCommand(
        CommandDeclaration(
            "multi", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy],
            categories: [.transaction],
            docs: CommandDocs(
                "Begins a transaction.", complexity: "O(1)", since: "1.2.0",
                group: .transactions))
    ) { _, session throws(CommandError) in
        guard session.state.transaction == nil else {
            throw .text("ERR MULTI calls can not be nested")
        }
        session.state.transaction = Transaction()
        session.client.value.flags.insert(.inTransaction)
        session.replies.ok()
    }

    private static let exec = SessionCommand(
        CommandDeclaration(
            "exec", arity: 1, [.noScript, .loading, .stale, .skipSlowLog],
            categories: [.transaction],
            docs: CommandDocs(
                "Executes the commands of a transaction.",
                complexity: "Depends on commands in the transaction", since: "1.2.0",
                group: .transactions))
    ) { _, session throws(CommandError) in
        try session.server.executeTransaction(of: session.client)
    }

    private static let discard = SessionCommand(
        CommandDeclaration(
            "discard", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy],
            categories: [.transaction],
            docs: CommandDocs(
                "Drops the commands of a transaction.",
                complexity: "O(N), when N is the number of queued commands", since: "2.0.0",
                group: .transactions))
    ) { _, session throws(CommandError) in
        guard session.state.transaction != nil else {
            throw .text("ERR DISCARD without MULTI")
        }
        session.server.endTransaction(of: session.client)
        session.replies.ok()
    }

    private static let watch = SessionCommand(
        CommandDeclaration(
            "watch", arity: -2, [.noScript, .loading, .stale, .fast, .allowBusy],
            categories: [.transaction], keys: [.keys([.readOnly])],
            docs: CommandDocs(
                "Makes a transaction depend on keys that nobody changes meanwhile.",
                complexity: "O(1) for every key.", since: "2.2.0", group: .transactions,
                arguments: [.key("key", .multiple)]))
    ) { arguments, session throws(CommandError) in
        guard session.state.transaction == nil else {
            throw .text("ERR WATCH inside MULTI is not allowed")
        }
        session.server.watch(arguments.dropFirst(1), for: session.client)
        session.replies.ok()
    }

    private static let unwatch = SessionCommand(
        CommandDeclaration(
            "unwatch", arity: 1, [.noScript, .loading, .stale, .fast, .allowBusy],
            categories: [.transaction],
            docs: CommandDocs(
                "Forgets the watched keys of a client.", complexity: "O(1)", since: "2.2.0",
                group: .transactions))
    ) { _, session throws(CommandError) in
        session.server.forgetWatches(of: session.client)
        session.replies.ok()
    }
}
