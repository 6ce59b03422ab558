import Bytes
import Commands
import Configuration
import RESP

/// AUTH and HELLO: who a client is, and which protocol it speaks.
extension ConnectionCommands {
    static let auth = SessionCommand(
        CommandDeclaration(
            "auth", arity: -2, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy],
            categories: [.connection],
            docs: CommandDocs(
                "Tells the server who the client is.",
                complexity: "O(N) where N is the number of passwords defined for the user",
                since: "1.0.0", group: .connection,
                arguments: [.string("username", .optional, since: "6.0.0"), .string("password")]))
    ) { arguments, session throws(CommandError) in
        guard arguments.count <= 3 else { throw .syntax }
        let server = session.server
        if arguments.count == 2, server.access.defaultUser.rights.isOpen {
            throw .text(
                """
                ERR AUTH <password> called without any password configured for the default user. \
                Are you sure your configuration is correct?
                """)
        }
        let user = arguments.count == 3 ? arguments[1] : ByteSlice("default")
        try server.authenticate(
            session.client, as: user, password: arguments[arguments.count - 1],
            with: arguments[0])
        session.replies.ok()
    }

    static let hello = SessionCommand(
        CommandDeclaration(
            "hello", arity: -1, [.noScript, .loading, .stale, .fast, .noAuth, .allowBusy],
            categories: [.connection],
            docs: CommandDocs(
                "Chooses the protocol of the connection, and tells what the server is.",
                complexity: "O(1)", since: "6.0.0", group: .connection,
                arguments: [
                    .block(
                        "arguments", .optional,
                        [
                            .integer("protover"),
                            ArgumentDocs(
                                "auth", .block, token: "AUTH", .optional,
                                parts: [.string("username"), .string("password")]),
                            .string("clientname", token: "SETNAME", .optional),
                        ])
                ],
                history: [("6.2.0", "The protocol version may be left out.")]))
    ) { arguments, session throws(CommandError) in
        let options = try HelloOptions(arguments)
        let (server, client) = (session.server, session.client)
        if let (user, password) = options.credentials {
            try server.authenticate(client, as: user, password: password, with: arguments[0])
        }
        guard !client.value.flags.contains(.mustAuthenticate) else {
            throw .text(
                """
                NOAUTH HELLO must be called with the client already authenticated, otherwise the \
                HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client \
                and select the RESP protocol version at the same time
                """)
        }
        if let name = options.name { client.value.session.name = ByteString(name) }
        if let version = options.version {
            client.value.version = version
            server.execution.replies.version = version
        }
        introduce(server, to: client, session.replies)
    }

    private static func introduce(
        _ server: Server, to client: Reference<Client>, _ replies: ReplyWriter
    ) {
        replies.map(7)
        replies.bulk("server")
        replies.bulk("redis")
        replies.bulk("version")
        replies.bulk(ProductVersion.redis)
        replies.bulk("proto")
        replies.integer(client.value.version.rawValue)
        replies.bulk("id")
        replies.integer(Int64(client.value.identifier))
        replies.bulk("mode")
        replies.bulk("standalone")
        replies.bulk("role")
        replies.bulk("master")
        replies.bulk("modules")
        replies.array(0)
    }
}

/// What HELLO was given, checked as a whole before any of it is done.
struct HelloOptions {
    private(set) var version: ReplyWriter.Version?
    private(set) var credentials: (user: ByteSlice, password: ByteSlice)?
    private(set) var name: ByteSlice?

    /// - Parameter arguments: of the request, with the command's name.
    init(_ arguments: Slices) throws(CommandError) {
        guard arguments.count > 1 else { return }
        guard let number = arguments[1].integer else {
            throw .text("ERR Protocol version is not an integer or out of range")
        }
        version = Int(exactly: number).flatMap(ReplyWriter.Version.init(rawValue:))
        guard version != nil else { throw .text("NOPROTO unsupported protocol version") }
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            let more = arguments.count - index - 1
            if word.isWord("auth"), more >= 2 {
                credentials = (arguments[index + 1], arguments[index + 2])
                index += 3
            } else if word.isWord("setname"), more >= 1 {
                name = arguments[index + 1]
                guard ClientName.isValid(arguments[index + 1]) else { throw ClientName.refusal }
                index += 2
            } else {
                throw .quoting("ERR Syntax error in HELLO option '", word, "'")
            }
        }
    }
}

/// What a connection may call itself: anything without blanks and control characters, so that a
/// line of CLIENT LIST can be taken apart.
enum ClientName {
    static func isValid(_ name: ByteSlice) -> Bool {
        for index in 0..<name.count where name[index] < 0x21 || name[index] > 0x7e {
            return false
        }
        return true
    }

    static let refusal = CommandError.text(
        "ERR Client names cannot contain spaces, newlines or special characters.")
}
