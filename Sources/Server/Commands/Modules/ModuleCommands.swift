import Bytes
import Commands
import Configuration
import RESP

/// MODULE: there are no modules, and none can be loaded.
enum ModuleCommands {
    static let all = [
        SessionCommand(
            CommandDeclaration(
                "module", arity: -2, [],
                docs: CommandDocs(
                    "Holds the commands about modules.", complexity: "Depends on subcommand.",
                    since: "4.0.0", group: .server)),
            subcommands: [help, list, load, loadex, unload])
    ]

    private static func declaration(
        _ name: StaticString, arity: Int, _ more: CommandFlags = [], tips: [StaticString] = [],
        complexity: StaticString = "O(1)", since: StaticString = "4.0.0", _ summary: StaticString,
        arguments: [ArgumentDocs] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "module", arity: arity, more.union([.admin, .noScript]), tips: tips,
            docs: CommandDocs(
                summary, complexity: complexity, since: since, group: .server,
                arguments: arguments))
    }

    private static let list = SessionCommand(
        declaration(
            "list", arity: 2, [], tips: ["nondeterministic_output_order"],
            complexity: "O(N) where N is the number of loaded modules.", "Lists the modules.")
    ) { _, session throws(CommandError) in
        session.replies.array(0)
    }

    private static let load = SessionCommand(
        declaration(
            "load", arity: -3, [.noAsyncLoading], "Loads a module.",
            arguments: [.string("path"), .string("arg", [.optional, .multiple])]),
        run: refuseToLoad)

    private static let loadex = SessionCommand(
        declaration(
            "loadex", arity: -3, [.noAsyncLoading], since: "7.0.0",
            "Loads a module with directives of its own.",
            arguments: [
                .string("path"),
                ArgumentDocs(
                    "configs", .block, token: "CONFIG", [.optional, .multiple, .multipleToken],
                    parts: [.string("name"), .string("value")]),
                ArgumentDocs(
                    "args", .block, token: "ARGS", [.optional, .multiple],
                    parts: [.string("arg")]),
            ]),
        run: refuseToLoad)

    private static let unload = SessionCommand(
        declaration(
            "unload", arity: 3, [.noAsyncLoading], "Unloads a module.",
            arguments: [.string("name")])
    ) { _, session throws(CommandError) in
        try session.requireModuleCommand()
        throw .text("ERR Error unloading module: no such module with that name")
    }

    private static let refuseToLoad: SessionCommand.Run = {
        arguments, session throws(CommandError) in
        try session.requireModuleCommand()
        let path = arguments[2].untilZero.text
        session.server.log.warning("Module \(path) failed to load: modules are not supported")
        throw .text("ERR Error loading the extension. Please check the server logs.")
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "module", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "5.0.0",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.help(
            of: "MODULE",
            [
                "LIST",
                "    The modules, of which there are none.",
                "LOAD <path> [<arg> ...]",
                "    Refused: modules are not supported.",
                "LOADEX <path> [[CONFIG NAME VALUE]...] [ARGS ...]",
                "    Refused: modules are not supported.",
                "UNLOAD <name>",
                "    Refused: there are no modules.",
            ])
    }
}

extension Session {
    /// Refuses what `enable-module-command` does not allow.
    fileprivate func requireModuleCommand() throws(CommandError) {
        let permission = server.configuration.settings.process.moduleCommand
        guard !server.allows(permission, isLocal: client.value.flags.isLocal) else { return }
        throw .text(
            """
            ERR MODULE command not allowed. If the enable-module-command option is set to "local", \
            you can run it from a local connection, otherwise you need to set this option in the \
            configuration file, and then restart the server.
            """)
    }
}
