import Bytes
import Commands
import Configuration
import RESP

/// A subcommand of DEBUG: what it is called, how many arguments it takes, its lines of help, and
/// what it does.
///
/// DEBUG is one command to clients (`COMMAND INFO` shows no subcommands), so its parts have a table
/// of their own.
struct DebugCommand: Sendable {
    let name: StaticString
    /// Numbers of arguments behind the name that it takes.
    let argumentCount: ClosedRange<Int>
    let help: [StaticString]
    /// Whether it takes arguments like these.
    let isMeant: @Sendable (Slices) -> Bool
    let run: SessionCommand.Run

    init(
        _ name: StaticString, _ argumentCount: ClosedRange<Int>, help: [StaticString],
        when isMeant: @escaping @Sendable (Slices) -> Bool = { _ in true },
        run: @escaping SessionCommand.Run
    ) {
        self.name = name
        self.argumentCount = argumentCount
        self.help = help
        self.isMeant = isMeant
        self.run = run
    }

    static let all: [DebugCommand] = Array(
        [control, outward, values, information, switches, protocols, data, files, [helpCommand]]
            .joined())

    private static let helpCommand = DebugCommand("help", 0...0, help: []) {
        _, session throws(CommandError) in
        var lines: [StaticString] = []
        for command in DebugCommand.all { lines += command.help }
        session.replies.help(of: "DEBUG", lines)
    }
}

extension DebugCommand {
    /// The answer to a part that there is not, or not with so many arguments.
    static func unknown(_ word: ByteSlice) -> CommandError {
        .quoting(
            "ERR unknown subcommand or wrong number of arguments for '", word,
            "'. Try DEBUG HELP.", countMax: 128)
    }
}

extension AdministrationCommands {
    static let debug = SessionCommand(
        CommandDeclaration(
            "debug", arity: -2, [.admin, .noScript, .loading, .stale, .protected],
            docs: CommandDocs(
                "A container of commands for tests and for the search for errors.",
                complexity: "Depends on subcommand.", since: "1.0.0", group: .server))
    ) { arguments, session throws(CommandError) in
        if let refusal = session.server.debugRefusal(of: session.client) { throw refusal }
        let word = arguments[1]
        guard
            let command = DebugCommand.all.first(where: {
                word.isWord($0.name) && $0.argumentCount.contains(arguments.count - 2)
                    && $0.isMeant(arguments.dropFirst(2))
            })
        else {
            throw DebugCommand.unknown(word)
        }
        try command.run(arguments.dropFirst(2), session)
    }
}

extension Server {
    /// Why a client may not use DEBUG (`enable-debug-command`).
    func debugRefusal(of client: Reference<Client>) -> CommandError? {
        let permission = configuration.settings.process.debugCommand
        guard !allows(permission, isLocal: client.value.flags.isLocal) else { return nil }
        return .text(
            """
            ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", \
            you can run it from a local connection, otherwise you need to set this option in the \
            configuration file, and then restart the server.
            """)
    }
}
