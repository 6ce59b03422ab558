import Bytes

/// When the commands that give a key a deadline leave it as it is.
struct ExpireCondition: OptionSet {
    let rawValue: UInt8

    static let ifNone = ExpireCondition(rawValue: 1)
    static let ifSome = ExpireCondition(rawValue: 2)
    static let ifLater = ExpireCondition(rawValue: 4)
    static let ifEarlier = ExpireCondition(rawValue: 8)
}

extension ExpireCondition {
    /// Reads the words behind key and time.
    init(_ arguments: Slices) throws(CommandError) {
        self = []
        for index in 3..<max(3, arguments.count) {
            let word = arguments[index]
            if word.isWord("nx") {
                insert(.ifNone)
            } else if word.isWord("xx") {
                insert(.ifSome)
            } else if word.isWord("gt") {
                insert(.ifLater)
            } else if word.isWord("lt") {
                insert(.ifEarlier)
            } else {
                throw .quoting("ERR Unsupported option ", word)
            }
        }
        if contains(.ifNone), self != .ifNone {
            throw .text("ERR NX and XX, GT or LT options at the same time are not compatible")
        }
        if isSuperset(of: [.ifLater, .ifEarlier]) {
            throw .text("ERR GT and LT options at the same time are not compatible")
        }
    }

    /// Whether a key with the deadline `current` gets `deadline`. A key without one counts as
    /// staying for ever, and so later than every moment.
    func allows(_ deadline: Int64, over current: Int64?) -> Bool {
        guard let current else { return isDisjoint(with: [.ifSome, .ifLater]) }
        if contains(.ifNone) { return false }
        if contains(.ifLater), deadline <= current { return false }
        if contains(.ifEarlier), deadline >= current { return false }
        return true
    }
}
