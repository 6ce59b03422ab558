import Bytes
import Commands

/// One set of rules of a user: commands, and the keys and channels that they may name. A request is
/// allowed when one selector of its user allows all of it.
struct UserSelector {
    /// What may be done to keys.
    struct KeyAccess: OptionSet {
        let rawValue: UInt8
        static let read = KeyAccess(rawValue: 1)
        static let write = KeyAccess(rawValue: 2)
        static let all: KeyAccess = [.read, .write]
    }

    struct KeyPattern {
        var access: KeyAccess
        let pattern: ByteString
    }

    private(set) var allowsAllKeys = false
    private(set) var keyPatterns: [KeyPattern] = []
    private(set) var allowsAllChannels: Bool
    private(set) var channelPatterns: [ByteString] = []
    private(set) var commands: CommandRights

    init(_ table: CommandTable, allowsAllChannels: Bool) {
        commands = CommandRights(commandCount: table.commands.count)
        self.allowsAllChannels = allowsAllChannels
    }

    /// Whether nothing has to be looked at.
    var isUnrestricted: Bool { commands.allowsEvery && allowsAllKeys && allowsAllChannels }

    // MARK: Rules

    /// Applies a rule about commands, keys or channels.
    mutating func apply(
        _ rule: ByteSlice, _ table: CommandTable
    ) throws(AccessRuleError) {
        // A rule is a string of C's, except for the patterns, which know their length.
        let word = rule.untilZero
        switch (word.first ?? 0, word.count > 1 ? word[1] : 0) {
        case _ where word.isWord("allkeys") || word == "~*":
            setAllKeys(true)
        case _ where word.isWord("resetkeys"):
            setAllKeys(false)
        case _ where word.isWord("allchannels") || word == "&*":
            setAllChannels(true)
        case _ where word.isWord("resetchannels"):
            setAllChannels(false)
        case _ where word.isWord("allcommands") || word.isWord("+@all"):
            commands.allowAll()
        case _ where word.isWord("nocommands") || word.isWord("-@all"):
            commands.denyAll()
        case (UInt8(ascii: "~"), _), (UInt8(ascii: "%"), _):
            try addKeys(rule)
        case (UInt8(ascii: "&"), _):
            try addChannels(rule[1...])
        case (UInt8(ascii: "+"), UInt8(ascii: "@")):
            try commands.apply(category: word[2...], true, table)
        case (UInt8(ascii: "-"), UInt8(ascii: "@")):
            try commands.apply(category: word[2...], false, table)
        case (UInt8(ascii: "+"), _):
            try commands.allow(word[1...], table)
        case (UInt8(ascii: "-"), _):
            try commands.deny(word[1...], table)
        default: throw .syntax
        }
    }

    private mutating func setAllKeys(_ isAllowed: Bool) {
        allowsAllKeys = isAllowed
        keyPatterns.removeAll()
    }

    private mutating func setAllChannels(_ isAllowed: Bool) {
        allowsAllChannels = isAllowed
        channelPatterns.removeAll()
    }

    /// Applies `~pattern`, `%R~pattern`, `%W~pattern` or `%RW~pattern`.
    private mutating func addKeys(_ rule: ByteSlice) throws(AccessRuleError) {
        guard !allowsAllKeys else { throw .keysAfterAll }
        var (access, start) = (KeyAccess.all, 1)
        if rule[0] == UInt8(ascii: "%") { (access, start) = try Self.access(of: rule) }
        let pattern = rule[start...]
        guard !pattern.hasSpaces else { throw .syntax }
        let known = keyPatterns.firstIndex { $0.pattern.withSlice { $0 == pattern } }
        if let known {
            keyPatterns[known].access.formUnion(access)
        } else {
            keyPatterns.append(KeyPattern(access: access, pattern: ByteString(pattern)))
        }
    }

    /// The letters behind the `%` of a rule, each at most once, and where the pattern begins. As in
    /// Redis, the pattern with its `~` may be missing, which allows the empty key.
    private static func access(
        of rule: ByteSlice
    ) throws(AccessRuleError) -> (access: KeyAccess, start: Int) {
        var access: KeyAccess = []
        var index = 1
        while index < rule.count, rule[index] != UInt8(ascii: "~") {
            let letter = rule[index].asciiLowercased
            let meant: KeyAccess =
                letter == UInt8(ascii: "r") ? .read : letter == UInt8(ascii: "w") ? .write : []
            guard !meant.isEmpty, access.isDisjoint(with: meant) else { throw .syntax }
            access.formUnion(meant)
            index += 1
        }
        guard !access.isEmpty else { throw .syntax }
        return (access, min(index + 1, rule.count))
    }

    private mutating func addChannels(_ pattern: ByteSlice) throws(AccessRuleError) {
        guard !allowsAllChannels else { throw .channelsAfterAll }
        guard !pattern.hasSpaces else { throw .syntax }
        let pattern = ByteString(pattern)
        if !channelPatterns.contains(pattern) { channelPatterns.append(pattern) }
    }
}

extension ByteSlice {
    /// Whether there are blanks or zero bytes, which names of users and patterns must not have.
    var hasSpaces: Bool {
        for index in 0..<count where self[index].isASCIISpace || self[index] == 0 { return true }
        return false
    }
}
