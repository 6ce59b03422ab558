import Bytes
import Commands
import RESP

/// Commands of replicas and cluster nodes, as a master that stands alone answers them.
enum RoleCommands {
    static let all = [replicaof, slaveof, readonly, readwrite, asking]

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
        throw .text(
            "ERR Replication is not supported by this server: it can only be a master")
    }

    private static let readonly = SessionCommand(
        cluster("readonly", [.loading, .stale, .fast], "Lets a connection read from a replica."),
        run: refuseCluster)

    private static let readwrite = SessionCommand(
        cluster(
            "readwrite", [.loading, .stale, .fast], "Ends READONLY for a connection."),
        run: refuseCluster)

    private static let asking = SessionCommand(
        cluster("asking", [.fast], "Lets the next command reach a slot that is being moved."),
        run: refuseCluster)

    private static let refuseCluster: SessionCommand.Run = { _, _ throws(CommandError) in
        throw .text("ERR This instance has cluster support disabled")
    }

    private static func cluster(
        _ name: StaticString, _ flags: CommandFlags, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: 1, flags, categories: [.connection],
            docs: CommandDocs(summary, complexity: "O(1)", since: "3.0.0", group: .cluster))
    }
}
