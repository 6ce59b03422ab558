import Bytes
import Commands
import RESP

/// Commands of masters and replicas, as a master that stands alone answers them.
enum RoleCommands {
    static let all = [replicaof, slaveof, failover, replconf, psync, sync]

    private static let refusal = CommandError.text(
        "ERR Replication is not supported by this server: it can only be a master")

    private static let masterArguments: [ArgumentDocs] = [
        .oneOf(
            "args",
            [
                .block("host-port", [.string("host"), .integer("port")]),
                .block("no-one", [.word("no", "NO"), .word("one", "ONE")]),
            ])
    ]

    private static let replicaof = SessionCommand(
        CommandDeclaration(
            "replicaof", arity: 3, [.admin, .noScript, .stale, .noAsyncLoading],
            docs: CommandDocs(
                "Makes the server a replica of another, or a master.", complexity: "O(1)",
                since: "5.0.0", group: .server, arguments: masterArguments)),
        run: follow)

    private static let slaveof = SessionCommand(
        CommandDeclaration(
            "slaveof", arity: 3, [.admin, .noScript, .stale, .noAsyncLoading],
            docs: CommandDocs(
                "Makes the server a replica of another, or a master.", complexity: "O(1)",
                since: "1.0.0", group: .server, arguments: masterArguments,
                deprecation: ("5.0.0", "`REPLICAOF`"))),
        run: follow)

    private static let follow: SessionCommand.Run = {
        arguments, session throws(CommandError) in
        if arguments[1].isWord("no"), arguments[2].isWord("one") { return session.replies.ok() }
        guard let port = arguments[2].integer, (0...65535).contains(port) else {
            throw .text("ERR Invalid master port")
        }
        throw refusal
    }

    private static let failover = SessionCommand(
        CommandDeclaration(
            "failover", arity: -1, [.admin, .noScript, .stale],
            docs: CommandDocs(
                "Makes a replica the master and the master its replica.", complexity: "O(1)",
                since: "6.2.0", group: .server,
                arguments: [
                    ArgumentDocs(
                        "target", .block, token: "TO", .optional,
                        parts: [
                            .string("host"), .integer("port"), .word("force", "FORCE", .optional),
                        ]),
                    .word("abort", "ABORT", .optional),
                    .integer("milliseconds", token: "TIMEOUT", .optional),
                ]))
    ) { arguments, _ throws(CommandError) in
        if arguments.count == 2, arguments[1].isWord("abort") {
            throw .text("ERR No failover in progress.")
        }
        try checkFailover(arguments)
        throw .text("ERR FAILOVER requires connected replicas.")
    }

    /// Whether the options of FAILOVER are right.
    private static func checkFailover(_ arguments: Slices) throws(CommandError) {
        var (hasTimeout, hasTarget, isForced) = (false, false, false)
        var index = 1
        while index < arguments.count {
            let word = arguments[index]
            let more = arguments.count - index - 1
            if word.isWord("timeout"), more >= 1, !hasTimeout {
                guard try arguments.integer(index + 1) > 0 else {
                    throw .text("ERR FAILOVER timeout must be greater than 0")
                }
                hasTimeout = true
                index += 2
            } else if word.isWord("to"), more >= 2, !hasTarget {
                _ = try arguments.integer(index + 2)
                hasTarget = true
                index += 3
            } else if word.isWord("force"), !isForced {
                isForced = true
                index += 1
            } else {
                throw .syntax
            }
        }
    }

    private static let replconf = SessionCommand(
        CommandDeclaration(
            "replconf", arity: -1, [.admin, .noScript, .loading, .stale, .allowBusy],
            docs: CommandDocs(
                "Tells a master what its replica is like.", complexity: "O(1)", since: "3.0.0",
                group: .server))
    ) { arguments, session throws(CommandError) in
        guard arguments.count % 2 == 1 else { throw .syntax }
        for index in stride(from: 1, to: arguments.count, by: 2) {
            let (option, value) = (arguments[index], arguments[index + 1])
            if option.isWord("listening-port") || option.isWord("rdb-only") {
                _ = try arguments.integer(index + 1)
            } else if option.isWord("ack") || option.isWord("getack") {
                // What a replica says to its master, and the reverse, is not answered.
                return
            } else if option.isWord("ip-address") {
                let hostNameMax = 255
                guard value.count <= hostNameMax else {
                    throw .composed(
                        "ERR REPLCONF ip-address provided by replica instance is too long: "
                            + "\(value.count) bytes")
                }
            } else if !option.isWord("capa"), !option.isWord("rdb-filter-only") {
                throw .quoting("ERR Unrecognized REPLCONF option: ", option)
            }
        }
        session.replies.ok()
    }

    private static let psync = SessionCommand(
        CommandDeclaration(
            "psync", arity: -3, [.admin, .noScript, .noAsyncLoading, .noMulti],
            docs: CommandDocs(
                "Asks a master for its data.", complexity: "", since: "2.8.0", group: .server,
                arguments: [.string("replicationid"), .integer("offset")]))
    ) { arguments, _ throws(CommandError) in
        _ = try arguments.integer(2)
        throw refusal
    }

    private static let sync = SessionCommand(
        CommandDeclaration(
            "sync", arity: 1, [.admin, .noScript, .noAsyncLoading, .noMulti],
            docs: CommandDocs(
                "Asks a master for its data.", complexity: "", since: "1.0.0", group: .server))
    ) { _, _ throws(CommandError) in
        throw refusal
    }
}
