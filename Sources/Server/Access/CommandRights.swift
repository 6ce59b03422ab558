import Bytes
import Commands

/// Which commands a selector allows, and the rules that led there.
///
/// The rules are kept in their order, without those that later ones made void, so that they can be
/// shown and written to files; applied to a fresh value they lead to the same rights.
struct CommandRights {
    struct Rule: Equatable {
        let isAllowing: Bool
        /// `get`, `config|set`, `@write`, in lower case.
        let subject: ByteString
    }

    /// A bit for each command's number.
    private var bits: [UInt64]
    /// Whether no command needs its bit looked at.
    private(set) var allowsEvery = false
    /// Whether the rules begin at `+@all`, and not at `-@all`.
    private(set) var beginsWithAll = false
    private(set) var rules: [Rule] = []
    /// Words that may follow a command that is else not allowed.
    private var firstArguments: [CommandNumber: [ByteString]] = [:]

    init(commandCount: Int) { bits = Array(repeating: 0, count: (commandCount + 63) / 64) }

    @inline(__always)
    func allows(_ number: CommandNumber) -> Bool {
        bits[Int(number) >> 6] & (1 << UInt64(number & 63)) != 0
    }

    /// Whether a command may run with these arguments.
    func allows(_ command: Reference<RegisteredCommand>, _ arguments: Slices) -> Bool {
        // Who a client is, it may always say.
        if allowsEvery || command.value.flags.contains(.noAuth) { return true }
        let number = command.value.number
        if allows(number) { return true }
        guard !firstArguments.isEmpty, let words = firstArguments[number] else { return false }
        guard arguments.count > 1 else { return false }
        return words.contains { word in word.withSlice { arguments[1].isWord($0) } }
    }

    mutating func allowAll() {
        for index in bits.indices { bits[index] = .max }
        (allowsEvery, beginsWithAll) = (true, true)
        rules.removeAll()
        firstArguments.removeAll()
    }

    mutating func denyAll() {
        for index in bits.indices { bits[index] = 0 }
        (allowsEvery, beginsWithAll) = (false, false)
        rules.removeAll()
        firstArguments.removeAll()
    }

    /// Allows or denies a command with its subcommands.
    private mutating func set(_ command: Reference<RegisteredCommand>, _ isAllowed: Bool) {
        firstArguments[command.value.number] = nil
        set(command.value.number, isAllowed)
        for number in command.value.subcommands { set(number, isAllowed) }
    }

    private mutating func set(_ number: CommandNumber, _ isAllowed: Bool) {
        let bit = UInt64(1) << UInt64(number & 63)
        if isAllowed {
            bits[Int(number) >> 6] |= bit
        } else {
            bits[Int(number) >> 6] &= ~bit
            allowsEvery = false
        }
    }

    /// Keeps a rule behind all others, and drops what it makes void: the same rule in either sense,
    /// and rules about its subcommands.
    private mutating func keep(_ subject: ByteString, _ isAllowing: Bool) {
        let subject = ByteString(subject.array.map(\.asciiLowercased))
        let subcommands = subject.array + [UInt8(ascii: "|")]
        rules.removeAll { $0.subject == subject || $0.subject.array.starts(with: subcommands) }
        rules.append(Rule(isAllowing: isAllowing, subject: subject))
    }

    // MARK: Rules

    /// Applies `+@name` or `-@name`.
    ///
    /// - Parameter name: of the category, without the sign and the at.
    mutating func apply(
        category name: ByteSlice, _ isAllowing: Bool, _ table: CommandTable
    ) throws(AccessRuleError) {
        let found = CommandCategories.names.first { name.isWord($0.name) }
        guard let category = found?.category else { throw .unknownCommand }
        keep(ByteString([UInt8(ascii: "@")] + name.array), isAllowing)
        for command in table.commands where command.value.categories.contains(category) {
            set(command, isAllowing)
        }
    }

    /// Applies `-name`.
    mutating func deny(_ name: ByteSlice, _ table: CommandTable) throws(AccessRuleError) {
        guard let command = table.findDeclared(path: name) else { throw .unknownCommand }
        set(command, false)
        keep(ByteString(command.value.fullName), false)
    }

    /// Applies `+name`, `+name|subcommand` or `+name|first-argument`.
    mutating func allow(_ name: ByteSlice, _ table: CommandTable) throws(AccessRuleError) {
        guard let bar = name.lastIndex(of: UInt8(ascii: "|")) else {
            guard let command = table.findDeclared(path: name) else { throw .unknownCommand }
            set(command, true)
            return keep(ByteString(command.value.fullName), true)
        }
        guard let command = table.findDeclared(path: name[..<bar]) else { throw .unknownCommand }
        guard command.value.container == nil else { throw .firstArgumentOfSubcommand }
        let word = name[(bar + 1)...]
        guard !word.isEmpty else { throw .syntax }
        if command.value.isContainer {
            guard let subcommand = table.find(word, in: command) else { throw .unknownCommand }
            set(subcommand, true)
        } else {
            let known = firstArguments[command.value.number, default: []]
            if !known.contains(where: { $0.withSlice { word.isWord($0) } }) {
                firstArguments[command.value.number] = known + [ByteString(word)]
            }
        }
        keep(ByteString(name), true)
    }

    /// The rules as they could be given again.
    var description: ByteString {
        var text = ByteBuffer()
        text.append(beginsWithAll ? "+@all" : "-@all")
        for rule in rules {
            text.append(rule.isAllowing ? " +" : " -")
            text.append(rule.subject)
        }
        return ByteString(text.bytes)
    }
}

extension CommandTable {
    /// The command of a declared name that may go on with a subcommand (`client|list`), whatever
    /// `rename-command` calls it.
    func findDeclared(path: ByteSlice) -> Reference<RegisteredCommand>? {
        guard let bar = path.firstIndex(of: UInt8(ascii: "|")) else { return findDeclared(path) }
        guard let container = findDeclared(path[..<bar]), container.value.isContainer else {
            return nil
        }
        return find(path[(bar + 1)...], in: container)
    }
}

extension ByteSlice {
    /// Where a byte last stands.
    func lastIndex(of byte: UInt8) -> Int? {
        var index = count - 1
        while index >= 0 {
            if self[index] == byte { return index }
            index -= 1
        }
        return nil
    }
}
