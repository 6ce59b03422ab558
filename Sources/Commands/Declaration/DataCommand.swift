import Bytes

/// A command over the data set: its declaration and what it does.
///
/// A command parses, decides, changes, records and replies, in this order; nothing changes before
/// everything is parsed. It throws what the client is told instead of a reply.
public struct DataCommand: Sendable {
    public typealias Run =
        @Sendable (_ arguments: Slices, _ execution: inout Execution) throws(CommandError) -> Void

    public let declaration: CommandDeclaration
    public let run: Run

    public init(_ declaration: CommandDeclaration, run: @escaping Run) {
        self.declaration = declaration
        self.run = run
    }
}
