import Bytes
import Commands
import Keyspace
import RESP

/// Commands about the connection itself.
enum ConnectionCommands {
    static let all =
        [ping, echo, select, auth, hello, reset, quit, ClientCommands.client, AccessCommands.acl]
        + WaitCommands.all

    private static let ping = SessionCommand(
        CommandDeclaration(
            "ping", arity: -1, [.fast], categories: [.connection],
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Answers, so that a client knows that the server lives.", complexity: "O(1)",
                since: "1.0.0", group: .connection,
                arguments: [.string("message", .optional)]))
    ) { arguments, session throws(CommandError) in
        guard arguments.count <= 2 else { throw .wrongArity("ping") }
        let client = session.client
        if client.value.flags.contains(.subscribed), client.value.version == .two {
            // In the form of a message, which is all that such a client reads.
            session.replies.array(2)
            session.replies.bulk("pong")
            session.replies.bulk(arguments.count == 1 ? .empty : arguments[1])
        } else if arguments.count == 1 {
            session.replies.simple("PONG")
        } else {
            session.replies.bulk(arguments[1])
        }
    }

    private static let echo = SessionCommand(
        CommandDeclaration(
            "echo", arity: 2, [.loading, .stale, .fast], categories: [.connection],
            docs: CommandDocs(
                "Answers with the message that it was given.", complexity: "O(1)",
                since: "1.0.0", group: .connection, arguments: [.string("message")]))
    ) { arguments, session throws(CommandError) in
        session.replies.bulk(arguments[1])
    }

    private static let select = SessionCommand(
        CommandDeclaration(
            "select", arity: 2, [.loading, .stale, .fast], categories: [.connection],
            docs: CommandDocs(
                "Selects the database of a connection.", complexity: "O(1)", since: "1.0.0",
                group: .connection, arguments: [.integer("index")]))
    ) { arguments, session throws(CommandError) in
        session.client.value.database = try arguments.databaseIndex(
            1, of: session.server.keyspace.databaseCount)
        session.replies.ok()
    }

    private static let reset = SessionCommand(
        CommandDeclaration(
            "reset", arity: 1, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy],
            categories: [.connection],
            docs: CommandDocs(
                "Puts the connection back into the state of a new one.", complexity: "O(1)",
                since: "6.2.0", group: .connection))
    ) { _, session throws(CommandError) in
        session.server.reset(session.client)
        session.server.execution.replies.version = .two
        session.replies.simple("RESET")
    }

    private static let quit = SessionCommand(
        CommandDeclaration(
            "quit", arity: -1,
            [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy],
            categories: [.connection],
            docs: CommandDocs(
                "Closes the connection.", complexity: "O(1)", since: "1.0.0",
                group: .connection, deprecation: ("7.2.0", "just closing the connection")))
    ) { _, session throws(CommandError) in
        session.replies.ok()
        session.client.value.flags.insert(.closesAfterReply)
    }
}
