import Bytes
import Commands
import Configuration
import RESP

extension AdministrationCommands {
    static let config = SessionCommand(
        CommandDeclaration(
            "config", arity: -2, [],
            docs: CommandDocs(
                "A container of the commands over the configuration.",
                complexity: "Depends on subcommand.", since: "2.0.0", group: .server)),
        subcommands: [get, set, resetStatistics, rewrite, configHelp])

    private static let get = SessionCommand(
        CommandDeclaration(
            "get", of: "config", arity: -3, [.admin, .noScript, .loading, .stale],
            docs: CommandDocs(
                "Tells the values of directives.",
                complexity: "O(N) when N is the number of configuration parameters provided",
                since: "2.0.0", group: .server,
                arguments: [.block("parameter", .multiple, [.string("parameter")])],
                history: [
                    (
                        "7.0.0",
                        "Added the ability to pass multiple pattern parameters in one call"
                    )
                ]))
    ) { arguments, session throws(CommandError) in
        let patterns = (2..<arguments.count).map { ByteString(arguments[$0]) }
        let found = Directive.values(
            matching: patterns, in: session.server.configuration.settings)
        session.replies.map(found.count)
        for (name, value) in found {
            session.replies.bulk(name)
            session.replies.bulk(value)
        }
    }

    private static let set = SessionCommand(
        CommandDeclaration(
            "set", of: "config", arity: -4, [.admin, .noScript, .loading, .stale],
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Sets directives, all of them or none.",
                complexity: "O(N) when N is the number of configuration parameters provided",
                since: "2.0.0", group: .server,
                arguments: [
                    .block("data", .multiple, [.string("parameter"), .string("value")])
                ],
                history: [
                    ("7.0.0", "Added the ability to set multiple parameters in one call.")
                ]))
    ) { arguments, session throws(CommandError) in
        guard arguments.count % 2 == 0 else { throw .syntax }
        let pairs = stride(from: 2, to: arguments.count, by: 2).map {
            (name: ByteString(arguments[$0]), value: ByteString(arguments[$0 + 1]))
        }
        try session.server.change(pairs, isLocal: session.client.value.flags.isLocal)
        session.replies.ok()
    }

    private static let resetStatistics = SessionCommand(
        CommandDeclaration(
            "resetstat", of: "config", arity: 2, [.admin, .noScript, .loading, .stale],
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Begins the counters of INFO anew.", complexity: "O(1)", since: "2.0.0",
                group: .server))
    ) { _, session throws(CommandError) in
        session.server.resetStatistics()
        session.replies.ok()
    }

    private static let rewrite = SessionCommand(
        CommandDeclaration(
            "rewrite", of: "config", arity: 2, [.admin, .noScript, .loading, .stale],
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Writes the settings in force to the configuration file.", complexity: "O(1)",
                since: "2.8.0", group: .server))
    ) { _, session throws(CommandError) in
        try session.server.rewriteConfiguration()
        session.replies.ok()
    }

    private static let configHelp = SessionCommand(
        CommandDeclaration(
            "help", of: "config", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists what CONFIG can do.", complexity: "O(1)", since: "5.0.0", group: .server))
    ) { _, session throws(CommandError) in
        session.replies.help(
            of: "CONFIG",
            [
                "GET <pattern> [<pattern> ...]",
                "    Tells the directives whose name or alias matches, and their values.",
                "SET <directive> <value> [<directive> <value> ...]",
                "    Sets directives of the running server, all of them or none.",
                "RESETSTAT",
                "    Begins the counters of INFO anew.",
                "REWRITE",
                "    Writes the settings in force to the configuration file.",
            ])
    }
}

extension ClientFlags {
    /// Whether the client is on this machine.
    var isLocal: Bool { contains(.loopback) || contains(.unixSocket) }
}
