import Bytes

extension Directive {
    static let network = [
        bind,
        Directive(
            "bind-source-addr", text: \.network.bindSourceAddress,
            effect: .none("outgoing connections come with replication"),
            summary: "Local address from which outgoing connections are made."),
        Directive(
            "port", integer: \.network.port, in: .ports,
            summary: "TCP port to listen on; 0 listens on none."),
        Directive(
            "tcp-backlog", integer: \.network.backlog, in: .int31, change: .atStart,
            summary: "Connections that the kernel keeps until they are accepted."),
        Directive(
            "unixsocket", text: \.network.unixSocket, change: .atStart,
            summary: "Path of a Unix socket to listen on; empty listens on none."),
        Directive(
            "unixsocketperm", octal: \.network.unixSocketPermissions, in: 0...0o777,
            change: .atStart, summary: "Mode of the Unix socket; 0 leaves it to the umask."),
        Directive(
            "timeout", integer: \.network.timeout, in: .int31,
            summary: "Seconds after which an idle client is closed; 0 is never."),
        Directive(
            "tcp-keepalive", integer: \.network.keepAlive, in: .int31,
            summary: "Seconds between probes of a silent connection; 0 sends none."),
        Directive(
            "protected-mode", flag: \.network.isProtected,
            summary: "Refuse clients of other machines while there is no password."),
        Directive(
            "socket-mark-id", integer: \.network.socketMark, in: 0...4_294_967_295,
            change: .atStart, effect: .none("sockets are not marked"),
            summary: "Mark that listening sockets carry for the machine's packet filter."),
        Directive(
            "io-threads", integer: \.network.threads, in: 1...128, change: .atStart,
            summary:
                "Threads that send replies; one of them is the thread that executes. With 1 there is no other."
        ),
        Directive(
            "io-threads-do-reads", flag: \.network.threadsRead, change: .atStart,
            summary: "Whether those threads also receive and parse requests."),
    ]

    private static let bind = Directive(
        name: "bind", aliases: [], kind: .special("up to 16 addresses; a leading `-` is optional"),
        change: .atRuntime, traits: .multiWord, effect: .full,
        summary: "Addresses to listen on; `*` and `-::*` are all of them.",
        place: DirectivePlace(
            read: { ByteString($0.network.bind.joined(separator: " ")) },
            write: { settings, words throws(RefusedValue) in
                guard words.count <= NetworkSettings.bindCountMax else {
                    throw RefusedValue("Too many bind addresses specified.")
                }
                var addresses: [String] = []
                for word in words where !word.isEmpty || words.count > 1 {
                    addresses.append(try text(word))
                }
                settings.network.bind = addresses
            },
            lines: { settings in
                let addresses = settings.network.bind
                return [ByteString(addresses.isEmpty ? "\"\"" : addresses.joined(separator: " "))]
            }))
}
