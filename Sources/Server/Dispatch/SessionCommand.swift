import Bytes
import Commands

/// A command over the server and the client that sent it: its declaration and what it does.
///
/// The same shape as `DataCommand`; it lives in this room because it needs more than the data.
struct SessionCommand: Sendable {
    typealias Run = @Sendable (_ arguments: Slices, _ session: Session) throws(CommandError) -> Void

    let declaration: CommandDeclaration
    let run: Run?
    let subcommands: [SessionCommand]

    init(
        _ declaration: CommandDeclaration, subcommands: [SessionCommand] = [],
        run: @escaping Run
    ) {
        self.declaration = declaration
        self.run = run
        self.subcommands = subcommands
    }

    /// A container: only its subcommands do something.
    init(_ declaration: CommandDeclaration, subcommands: [SessionCommand]) {
        self.declaration = declaration
        self.run = nil
        self.subcommands = subcommands
    }
}
