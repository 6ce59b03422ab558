import Bytes
import Commands

/// The commands that the server executes when it loads a log: those over data, and the few others
/// of which records are made.
struct KnownCommands {
    /// Of the server's own commands, those that stand in logs.
    private static let others: Set<ByteString> = ["select", "multi", "exec", "restore"]

    private let declarations: [ByteString: CommandDeclaration]
    /// The last name that was found: most often, the next is the same.
    private var last = ByteString([])

    init() {
        var declarations: [ByteString: CommandDeclaration] = [:]
        for command in CommandCatalogue.all {
            declarations[ByteString(ByteSlice(command.declaration.name))] = command.declaration
        }
        self.declarations = declarations
    }

    func declaration(of name: ByteSlice) -> CommandDeclaration? {
        declarations[Self.lowercased(name)]
    }

    mutating func contains(_ name: ByteSlice) -> Bool {
        if last.withSlice({ $0 == name }) { return true }
        let word = Self.lowercased(name)
        guard declarations[word] != nil || Self.others.contains(word) else { return false }
        last = ByteString(name)
        return true
    }

    private static func lowercased(_ name: ByteSlice) -> ByteString {
        ByteString(name.array.map(\.asciiLowercased))
    }
}

/// A command in a log at which the server's loading would end.
struct UnknownCommand {
    let name: ByteString
    /// Where its record begins.
    let offset: Int

    var text: String {
        "the command \(name.withSlice { Quoting.represent($0) }) at offset \(offset) is one that "
            + "ledgerstone-server does not know: it would refuse to start"
    }
}
