import Bytes
import Commands
import RESP

/// SCRIPT: the scripts that are kept.
enum ScriptCommands {
    static let all = [script]

    private static let script = SessionCommand(
        CommandDeclaration(
            "script", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about scripts.", complexity: "Depends on subcommand.",
                since: "2.6.0", group: .scripting)),
        subcommands: [debug, exists, help, flush, load, kill])

    private static func declare(
        _ name: StaticString, arity: Int, _ flags: CommandFlags, tips: [StaticString] = [],
        docs: CommandDocs
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "script", arity: arity, flags, categories: [.scripting], tips: tips,
            docs: docs)
    }

    private static let debug = SessionCommand(
        declare(
            "debug", arity: 3, [.noScript],
            docs: CommandDocs(
                "Would run scripts step by step; this server has no debugger.",
                complexity: "O(1)", since: "3.2.0", group: .scripting,
                arguments: [
                    ArgumentDocs(
                        "mode", .oneOf,
                        parts: [.word("yes", "YES"), .word("sync", "SYNC"), .word("no", "NO")])
                ]))
    ) { arguments, session throws(CommandError) in
        if arguments[2].isWord("no") { return session.replies.ok() }
        guard arguments[2].isWord("yes") || arguments[2].isWord("sync") else {
            throw .text("ERR Use SCRIPT DEBUG YES/SYNC/NO")
        }
        throw .text("ERR SCRIPT DEBUG is not supported: there is no debugger of scripts")
    }

    private static let exists = SessionCommand(
        declare(
            "exists", arity: -3, [.noScript],
            tips: ["request_policy:all_shards", "response_policy:agg_logical_and"],
            docs: CommandDocs(
                "Tells which scripts are kept.",
                complexity: """
                    O(N) with N being the number of scripts to check (so checking a single script \
                    is an O(1) operation).
                    """,
                since: "2.6.0", group: .scripting, arguments: [.string("sha1", .multiple)]))
    ) { arguments, session throws(CommandError) in
        session.replies.array(arguments.count - 2)
        for index in 2..<arguments.count {
            session.replies.integer(
                session.server.scripts.cache.find(name: arguments[index]) != nil)
        }
    }

    private static let flush = SessionCommand(
        declare(
            "flush", arity: -2, [.noScript],
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Forgets all scripts.",
                complexity: "O(N) with N being the number of scripts in cache", since: "2.6.0",
                group: .scripting,
                arguments: [
                    ArgumentDocs(
                        "async", .oneOf, .optional, since: "6.2.0",
                        parts: [.word("async", "ASYNC"), .word("sync", "SYNC")])
                ],
                history: [("6.2.0", "Added the `ASYNC` and `SYNC` flushing mode modifiers.")]))
    ) { arguments, session throws(CommandError) in
        if arguments.count > 2 {
            let isMode = arguments[2].isWord("sync") || arguments[2].isWord("async")
            guard arguments.count == 3, isMode else {
                throw .text("ERR SCRIPT FLUSH only support SYNC|ASYNC option")
            }
        }
        session.server.scripts.flush()
        session.replies.ok()
    }

    private static let load = SessionCommand(
        declare(
            "load", arity: 3, [.noScript, .stale],
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Compiles a script and keeps it.",
                complexity: "O(N) with N being the length in bytes of the script body.",
                since: "2.6.0", group: .scripting, arguments: [.string("script")]))
    ) { arguments, session throws(CommandError) in
        session.replies.bulk(try session.server.script(of: arguments[2]).value.name)
    }

    private static let kill = SessionCommand(
        declare(
            "kill", arity: 2, [.noScript, .allowBusy],
            tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
            docs: CommandDocs(
                "Ends the running script.", complexity: "O(1)", since: "2.6.0", group: .scripting))
    ) { _, session throws(CommandError) in
        try session.server.killScript(.script)
        session.replies.ok()
    }

    private static let help = SessionCommand(
        declare(
            "help", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "5.0.0",
                group: .scripting))
    ) { _, session throws(CommandError) in
        session.replies.help(
            of: "SCRIPT",
            [
                "DEBUG (YES|SYNC|NO)",
                "    Set the debug mode for subsequent scripts executed.",
                "EXISTS <sha1> [<sha1> ...]",
                "    Return information about the existence of the scripts in the script cache.",
                "FLUSH [ASYNC|SYNC]",
                "    Flush the Lua scripts cache. Very dangerous on replicas.",
                """
                    When called without the optional mode argument, the behavior is determined by the
                """,
                "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
                "    * ASYNC: Asynchronously flush the scripts cache.",
                "    * SYNC: Synchronously flush the scripts cache.",
                "KILL",
                "    Kill the currently executing Lua script.",
                "LOAD <script>",
                "    Load a script into the scripts cache without executing it.",
            ])
    }
}
