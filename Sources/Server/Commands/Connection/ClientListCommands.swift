import Bytes
import Commands
import Platform
import RESP

/// CLIENT LIST, INFO and KILL: who is connected, and who is not any more.
extension ClientCommands {
    static let info = SessionCommand(
        declaration(
            "info", since: "6.2.0", tips: ["nondeterministic_output"],
            "Returns what is known of the connection.")
    ) { _, session throws(CommandError) in
        var text = ByteBuffer()
        session.server.facts(of: session.client).append(to: &text)
        text.append(UInt8(ascii: "\n"))
        session.replies.verbatim(text.bytes)
    }

    private static let kinds: [ArgumentDocs] = [
        .word("normal", "NORMAL"), .word("master", "MASTER"), .word("replica", "REPLICA"),
        .word("pubsub", "PUBSUB"),
    ]

    static let list = SessionCommand(
        declaration(
            "list", arity: -2, .admin, since: "2.4.0",
            complexity: "O(N) where N is the number of client connections",
            tips: ["nondeterministic_output"], "Returns a line for each connection.",
            arguments: [
                ArgumentDocs(
                    "client-type", .oneOf, token: "TYPE", .optional, since: "5.0.0",
                    parts: kinds),
                .integer("client-id", token: "ID", [.optional, .multiple], since: "6.2.0"),
            ])
    ) { arguments, session throws(CommandError) in
        let filter = try ClientFilter.ofList(arguments.dropFirst(2))
        var text = ByteBuffer()
        for client in session.server.clients.sorted
        where session.server.isMeant(client, by: filter, of: session.client) {
            session.server.facts(of: client).append(to: &text)
            text.append(UInt8(ascii: "\n"))
        }
        session.replies.verbatim(text.bytes)
    }

    static let kill = SessionCommand(
        declaration(
            "kill", arity: -3, .admin, since: "2.4.0",
            complexity: "O(N) where N is the number of client connections",
            "Ends connections.",
            arguments: [
                .oneOf(
                    "filter",
                    [
                        ArgumentDocs("old-format", .string, display: "ip:port"),
                        .oneOf("new-format", .multiple, killFilters),
                    ])
            ])
    ) { arguments, session throws(CommandError) in
        let server = session.server
        if arguments.count == 3 {
            var filter = ClientFilter()
            filter.peer = arguments[2].text
            guard server.end(filter, for: session.client) > 0 else {
                throw .text("ERR No such client")
            }
            return session.replies.ok()
        }
        let filter = try ClientFilter.ofKill(arguments.dropFirst(2)) {
            server.access.user(named: $0) != nil
        }
        session.replies.integer(server.end(filter, for: session.client))
    }

    private static let killFilters: [ArgumentDocs] = [
        .integer("client-id", token: "ID", .optional, since: "2.8.12"),
        ArgumentDocs(
            "client-type", .oneOf, token: "TYPE", .optional, since: "2.8.12",
            parts: [
                .word("normal", "NORMAL"), .word("master", "MASTER", since: "3.2.0"),
                .word("slave", "SLAVE"), .word("replica", "REPLICA", since: "5.0.0"),
                .word("pubsub", "PUBSUB"),
            ]),
        .string("username", token: "USER", .optional),
        ArgumentDocs("addr", .string, token: "ADDR", .optional, display: "ip:port"),
        ArgumentDocs(
            "laddr", .string, token: "LADDR", .optional, since: "6.2.0", display: "ip:port"),
        ArgumentDocs(
            "skipme", .oneOf, token: "SKIPME", .optional,
            parts: [.word("yes", "YES"), .word("no", "NO")]),
    ]
}

extension Server {
    /// Whether a client fits a filter that another one gave.
    func isMeant(
        _ client: Reference<Client>, by filter: ClientFilter, of asking: Reference<Client>
    ) -> Bool {
        guard !client.value.flags.contains(.closesSoon) else { return false }
        let session = client.value.session
        return filter.matches(
            identifier: client.value.identifier,
            kind: client.value.flags.contains(.subscribed) ? .pubsub : .normal,
            user: session.userName,
            peer: session.address.peer, local: session.address.local, isOwn: client == asking)
    }

    /// Ends the connections that fit; the asking one after its reply. Returns how many they are.
    fileprivate func end(_ filter: ClientFilter, for asking: Reference<Client>) -> Int {
        let meant = clients.all.filter { isMeant($0, by: filter, of: asking) }
        for client in meant {
            if client == asking {
                client.value.flags.insert(.closesAfterReply)
            } else {
                closeSoon(client)
            }
        }
        return meant.count
    }
}
