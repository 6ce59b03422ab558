import Bytes

/// A command over the data set: its declaration and what it does.
///
/// A command parses, decides, changes, records and replies, in this order; nothing changes before
/// everything is parsed. It throws what the client is told instead of a reply.
public struct DataCommand: Sendable {
    public typealias Run =
        @Sendable (_ arguments: Slices, _ execution: inout Execution) throws(CommandError) -> Void

    public let declaration: CommandDeclaration
    /// What the first argument chooses from, when the command is a container.
    public let subcommands: [DataCommand]
    public let run: Run

    public init(_ declaration: CommandDeclaration, run: @escaping Run) {
        self.declaration = declaration
        self.subcommands = []
        self.run = run
    }

    /// A container: it runs the subcommand that its first argument names.
    public init(_ declaration: CommandDeclaration, subcommands: [DataCommand]) {
        self.declaration = declaration
        self.subcommands = subcommands
        self.run = { arguments, execution throws(CommandError) in
            let name = arguments[1]
            guard let command = subcommands.first(where: { $0.isNamed(name) }) else {
                throw .unknownSubcommand(name, of: declaration.name)
            }
            guard command.declaration.accepts(argumentCount: arguments.count) else {
                throw .wrongArity(command.declaration.fullName)
            }
            try command.run(arguments, &execution)
        }
    }

    private func isNamed(_ word: ByteSlice) -> Bool { word.isWord(declaration.name) }
}
