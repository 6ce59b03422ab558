import Bytes
import Commands

/// A command's place in the table.
typealias CommandNumber = Int32

/// What a command does, by where it lives.
enum CommandAction {
    /// Over the data set alone.
    case data(DataCommand.Run)
    /// Over the server and the client too.
    case session(SessionCommand.Run)
    /// Nothing itself: its subcommands do.
    case container
}

/// A command in the table: its declaration, what it does, and what was counted of it.
struct RegisteredCommand {
    let number: CommandNumber
    /// What clients call it: `set`, `config|get`.
    let fullName: String
    let declaration: CommandDeclaration
    let flags: CommandFlags
    let arity: Int
    let action: CommandAction
    /// Numbers of the subcommands, for a container.
    fileprivate(set) var subcommands: [CommandNumber] = []
    /// Whether the word behind the name chooses a subcommand; without one, `action` may still do
    /// something (`COMMAND`).
    fileprivate(set) var isContainer = false
    let container: CommandNumber?
    /// Index of the first key, when it always stands there; 0 when it does not.
    let firstKey: Int
    /// The only key, when it always stands in one place and is always used in the same way.
    let onlyKey: KeyPosition?
    /// The arguments that are channels which the user has to be allowed.
    let channels: ChannelArguments?
    /// Categories of the access rules.
    let categories: CommandCategories
    var statistics = CommandStatistics()
}

/// What `INFO commandstats` tells.
struct CommandStatistics {
    var calls: UInt64 = 0
    /// Time in units of the processor's counter.
    var ticks: UInt64 = 0
    var rejected: UInt64 = 0
    var failed: UInt64 = 0
    /// How the time is distributed, while `latency-tracking` is on.
    var histogram = LatencyHistogram()
}

/// All commands, found by name without regard to case.
///
/// An open-addressed table over the first eight bytes of the name in lower case and its length: a
/// look-up is one probe for nearly every command.
final class CommandTable {
    private struct Probe {
        var prefix: UInt64 = 0
        var number: CommandNumber = -1
    }

    private(set) var commands: [Reference<RegisteredCommand>] = []
    private var probes: [Probe]
    private let mask: Int

    init(_ data: [DataCommand], _ session: [SessionCommand]) {
        mask = 1023
        probes = Array(repeating: Probe(), count: mask + 1)
        for command in data { add(command, container: nil) }
        for command in session { add(command, container: nil) }
    }

    deinit { for command in commands { command.free() } }

    private func add(_ command: DataCommand, container: CommandNumber?) {
        let action: CommandAction =
            command.subcommands.isEmpty ? .data(command.run) : .container
        let number = add(command.declaration, action, container: container)
        for subcommand in command.subcommands { add(subcommand, container: number) }
    }

    private func add(_ command: SessionCommand, container: CommandNumber?) {
        let action: CommandAction = command.run.map { .session($0) } ?? .container
        let number = add(command.declaration, action, container: container)
        for subcommand in command.subcommands { add(subcommand, container: number) }
    }

    @discardableResult
    private func add(
        _ declaration: CommandDeclaration, _ action: CommandAction, container: CommandNumber?
    ) -> CommandNumber {
        let number = CommandNumber(commands.count)
        let own = "\(declaration.name)"
        let name = container.map { "\(self[$0].value.fullName)|\(own)" } ?? own
        var firstKey = 0
        if let keys = declaration.keys.first, case .index(let index) = keys.begin {
            firstKey = index
        }
        commands.append(
            Reference(
                to: RegisteredCommand(
                    number: number, fullName: name, declaration: declaration,
                    flags: declaration.flags, arity: declaration.arity, action: action,
                    container: container, firstKey: firstKey,
                    onlyKey: declaration.onlyKey,
                    channels: container == nil
                        ? ChannelArguments(ofCommand: declaration.name) : nil,
                    categories: declaration.categories)))
        if let container {
            self[container].value.subcommands.append(number)
            self[container].value.isContainer = true
        } else {
            enter(number, as: ByteSlice(declaration.name))
        }
        return number
    }

    subscript(number: CommandNumber) -> Reference<RegisteredCommand> { commands[Int(number)] }

    /// The command of a name, in any case of letters.
    func find(_ name: ByteSlice) -> Reference<RegisteredCommand>? {
        let prefix = Self.prefix(name)
        var index = Self.place(prefix) & mask
        while probes[index].number >= 0 {
            if probes[index].prefix == prefix {
                let command = commands[Int(probes[index].number)]
                if name.count <= 8 || names[Int(probes[index].number)].isWord(name) {
                    return command
                }
            }
            index = (index &+ 1) & mask
        }
        return nil
    }

    /// The subcommand of a container by its word.
    func find(
        _ word: ByteSlice, in container: Reference<RegisteredCommand>
    ) -> Reference<RegisteredCommand>? {
        for number in container.value.subcommands {
            if word.isWord(self[number].value.declaration.name) { return self[number] }
        }
        return nil
    }

    /// The command of its declared name, whatever `rename-command` calls it: the log speaks the
    /// language of declarations.
    func findDeclared(_ name: ByteSlice) -> Reference<RegisteredCommand>? {
        if let found = find(name), name.isWord(found.value.declaration.name) { return found }
        return commands.first {
            $0.value.container == nil && name.isWord($0.value.declaration.name)
        }
    }

    /// How often commands were called, by their declared names.
    func calls(of names: [StaticString]) -> UInt64 {
        commands.reduce(0) { sum, command in
            let isMeant = names.contains { command.value.declaration.name.isText($0) }
            return isMeant ? sum + command.value.statistics.calls : sum
        }
    }

    /// Begins the counters of all commands anew.
    func resetStatistics() {
        for command in commands { command.value.statistics = CommandStatistics() }
    }

    // MARK: Names

    /// The names of all commands, in lower case, without subcommands.
    var allNames: [String] { names.map(\.text.text).filter { !$0.isEmpty } }

    /// Whether a command can be called: `rename-command` may have taken its name away, or that of
    /// its container.
    func isReachable(_ command: Reference<RegisteredCommand>) -> Bool {
        let number = Int(command.value.container ?? command.value.number)
        return number < names.count && !names[number].text.isEmpty
    }

    /// The name under which each command is entered, for those longer than a prefix.
    private var names: [EnteredName] = []

    private func enter(_ number: CommandNumber, as name: ByteSlice) {
        while names.count <= Int(number) { names.append(EnteredName()) }
        names[Int(number)] = EnteredName(text: ByteString(name))
        let prefix = Self.prefix(name)
        var index = Self.place(prefix) & mask
        while probes[index].number >= 0 { index = (index &+ 1) & mask }
        probes[index] = Probe(prefix: prefix, number: number)
    }

    /// `rename-command`: takes a command's name away and gives it another, or none.
    ///
    /// - Returns: false when there is no such command; nil when the new name is taken.
    func rename(_ name: ByteSlice, to newName: ByteSlice) -> Bool? {
        guard let command = find(name) else { return false }
        if !newName.isEmpty, find(newName) != nil { return nil }
        let number = command.value.number
        let entered = commands.indices.filter {
            CommandNumber($0) != number && $0 < names.count && !names[$0].text.isEmpty
        }
        let kept = entered.map { (CommandNumber($0), names[$0].text) }
        probes = Array(repeating: Probe(), count: mask + 1)
        names = []
        for (number, text) in kept { text.withSlice { enter(number, as: $0) } }
        if !newName.isEmpty { enter(number, as: newName) }
        return true
    }

    private struct EnteredName {
        var text: ByteString = ""

        func isWord(_ word: ByteSlice) -> Bool { text.withSlice { word.isWord($0) } }
    }

    /// Up to eight bytes in lower case, with the length in the way of longer names' tails.
    private static func prefix(_ name: ByteSlice) -> UInt64 {
        var prefix: UInt64 = 0
        for index in 0..<min(8, name.count) {
            prefix = prefix << 8 | UInt64(name[index].asciiLowercased)
        }
        return name.count <= 8 ? prefix : prefix ^ (UInt64(name.count) &<< 56)
    }

    private static func place(_ prefix: UInt64) -> Int {
        Int(truncatingIfNeeded: (prefix &* 0x9e37_79b9_7f4a_7c15) >> 52)
    }
}
