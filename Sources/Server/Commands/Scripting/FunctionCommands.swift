import Bytes
import Commands
import Configuration
import Persistence
import RESP

/// FUNCTION: the libraries of functions.
enum FunctionCommands {
    static let all = [function]

    private static let function = SessionCommand(
        CommandDeclaration(
            "function", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about functions.", complexity: "Depends on subcommand.",
                since: "7.0.0", group: .scripting)),
        subcommands: [delete, dump, flush, help, kill, list, load, restore, stats])

    static let everywhere: [StaticString] = [
        "request_policy:all_shards", "response_policy:all_succeeded",
    ]

    static func declare(
        _ name: StaticString, arity: Int, _ flags: CommandFlags, tips: [StaticString] = [],
        _ summary: StaticString, complexity: StaticString, arguments: [ArgumentDocs] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "function", arity: arity, flags, categories: [.scripting], tips: tips,
            docs: CommandDocs(
                summary, complexity: complexity, since: "7.0.0", group: .scripting,
                arguments: arguments))
    }

    /// - Parameter word: the subcommand as the client spelled it.
    private static func wrongSyntax(_ word: ByteSlice) -> CommandError {
        .quoting(
            "ERR unknown subcommand or wrong number of arguments for '", word,
            "'. Try FUNCTION HELP.", countMax: 128)
    }

    private static let load = SessionCommand(
        declare(
            "load", arity: -3, [.write, .denyOOM, .noScript], tips: everywhere,
            "Makes a library of functions.",
            complexity: "O(1) (considering compilation time is redundant)",
            arguments: [
                .word("replace", "REPLACE", .optional), .string("function-code"),
            ])
    ) { arguments, session throws(CommandError) in
        var replaces = false
        for index in 2..<arguments.count - 1 {
            guard arguments[index].isWord("replace") else {
                throw .quoting("ERR Unknown option given: ", arguments[index])
            }
            replaces = true
        }
        let server = session.server
        let name = try server.functions.load(
            arguments[arguments.count - 1], replaces: replaces,
            isBounded: !server.execution.isReplaying)
        server.execution.changed()
        session.replies.bulk(name)
    }

    private static let delete = SessionCommand(
        declare(
            "delete", arity: 3, [.write, .noScript], tips: everywhere, "Deletes a library.",
            complexity: "O(1)", arguments: [.string("library-name")])
    ) { arguments, session throws(CommandError) in
        guard session.server.functions.delete(ByteString(arguments[2])) else {
            throw .text("ERR Library not found")
        }
        session.server.execution.changed()
        session.replies.ok()
    }

    private static let flush = SessionCommand(
        declare(
            "flush", arity: -2, [.write, .noScript], tips: everywhere, "Deletes all libraries.",
            complexity: "O(N) where N is the number of functions deleted",
            arguments: [
                ArgumentDocs(
                    "async", .oneOf, .optional,
                    parts: [.word("async", "ASYNC"), .word("sync", "SYNC")])
            ])
    ) { arguments, session throws(CommandError) in
        guard arguments.count <= 3 else { throw wrongSyntax(arguments[1]) }
        if arguments.count == 3, !arguments[2].isWord("sync"), !arguments[2].isWord("async") {
            throw .text("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")
        }
        session.server.functions.flush()
        session.server.execution.changed()
        session.replies.ok()
    }

    private static let dump = SessionCommand(
        declare(
            "dump", arity: 2, [.noScript], "Answers all libraries as a payload.",
            complexity: "O(N) where N is the number of functions")
    ) { _, session throws(CommandError) in
        let snapshot = session.server.configuration.settings.snapshot
        var payload = FunctionPayload.make(
            session.server.functions.libraries.all.map(\.code), compressing: snapshot.compresses,
            version: snapshot.version)
        session.replies.bulk(payload.bytes)
        payload.removeAll()
    }

    private static let restore = SessionCommand(
        declare(
            "restore", arity: -3, [.write, .denyOOM, .noScript], tips: everywhere,
            "Makes the libraries of a payload.",
            complexity: "O(N) where N is the number of functions on the payload",
            arguments: [
                .string("serialized-value"),
                ArgumentDocs(
                    "policy", .oneOf, .optional,
                    parts: [
                        .word("flush", "FLUSH"), .word("append", "APPEND"),
                        .word("replace", "REPLACE"),
                    ]),
            ])
    ) { arguments, session throws(CommandError) in
        guard arguments.count <= 4 else { throw wrongSyntax(arguments[1]) }
        let policy = try restorePolicy(arguments.count > 3 ? arguments[3] : nil)
        guard DumpPayload.isIntact(arguments[2]) else {
            throw .text("ERR DUMP payload version or checksum are wrong")
        }
        let sources: [ByteString]
        do throws(FunctionPayload.Failure) {
            sources = try FunctionPayload.libraries(in: arguments[2])
        } catch {
            switch error {
            case .notAFunction: throw .text("ERR given type is not a function")
            case .damaged: throw .text("ERR failed loading the given functions payload")
            }
        }
        try session.server.functions.restore(sources, policy)
        session.server.execution.changed()
        session.replies.ok()
    }

    private static func restorePolicy(
        _ word: ByteSlice?
    ) throws(CommandError) -> FunctionState.RestorePolicy {
        guard let word else { return .append }
        if word.isWord("append") { return .append }
        if word.isWord("replace") { return .replace }
        if word.isWord("flush") { return .flush }
        throw .text(
            "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.")
    }

    private static let kill = SessionCommand(
        declare(
            "kill", arity: 2, [.noScript, .allowBusy],
            tips: ["request_policy:all_shards", "response_policy:one_succeeded"],
            "Ends the running function.", complexity: "O(1)")
    ) { _, session throws(CommandError) in
        try session.server.killScript(.function)
        session.replies.ok()
    }

    private static let help = SessionCommand(
        declare(
            "help", arity: 2, [.loading, .stale], "Lists the subcommands and what they do.",
            complexity: "O(1)")
    ) { _, session throws(CommandError) in
        session.replies.help(of: "FUNCTION", helpLines)
    }

    private static let helpLines: [StaticString] = [
        "LOAD [REPLACE] <FUNCTION CODE>",
        "    Create a new library with the given library name and code.",
        "DELETE <LIBRARY NAME>",
        "    Delete the given library.",
        "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
        "    Return general information on all the libraries:",
        "    * Library name",
        "    * The engine used to run the Library",
        "    * Library description",
        "    * Functions list",
        "    * Library code (if WITHCODE is given)",
        """
            It also possible to get only function that matches a pattern using LIBRARYNAME argument.
        """,
        "STATS",
        "    Return information about the current function running:",
        "    * Function name",
        "    * Command used to run the function",
        "    * Duration in MS that the function is running",
        "    If no function is running, return nil",
        "    In addition, returns a list of available engines.",
        "KILL",
        "    Kill the current running function.",
        "FLUSH [ASYNC|SYNC]",
        "    Delete all the libraries.",
        """
            When called without the optional mode argument, the behavior is determined by the
        """,
        "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
        "    * ASYNC: Asynchronously flush the libraries.",
        "    * SYNC: Synchronously flush the libraries.",
        "DUMP",
        """
            Return a serialized payload representing the current libraries, can be restored using \
        FUNCTION RESTORE command
        """,
        "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
        """
            Restore the libraries represented by the given payload, it is possible to give a restore \
        policy to
        """,
        "    control how to handle existing libraries (default APPEND):",
        "    * FLUSH: delete all existing libraries.",
        """
            * APPEND: appends the restored libraries to the existing libraries. On collision, abort.
        """,
        """
            * REPLACE: appends the restored libraries to the existing libraries, On collision, \
        replace the old
        """,
        """
              libraries with the new libraries (notice that even on this option there is a chance \
        of failure
        """,
        "      in case of functions name collision with another library).",
    ]
}
