import Bytes

/// The words behind `SET key value`.
struct SetOptions: Equatable {
    enum Condition: Equatable { case always, ifAbsent, ifPresent }

    private(set) var condition = Condition.always
    /// Whether the old value is the reply.
    private(set) var returnsOld = false
    private(set) var keepsDeadline = false
    private(set) var time: TimeArgument?

    /// Reads the options of a whole request. A word may be repeated; two that exclude each other
    /// are a syntax error.
    init(_ arguments: Slices) throws(CommandError) {
        var index = 3
        while index < arguments.count {
            let word = arguments[index]
            if word.isWord("nx"), condition != .ifPresent {
                condition = .ifAbsent
            } else if word.isWord("xx"), condition != .ifAbsent {
                condition = .ifPresent
            } else if word.isWord("get") {
                returnsOld = true
            } else if word.isWord("keepttl"), time == nil {
                keepsDeadline = true
            } else if let time = TimeArgument(arguments, at: index), time.corrects(self.time),
                !keepsDeadline
            {
                self.time = time
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    func allows(keyExists: Bool) -> Bool {
        switch condition {
        case .always: true
        case .ifAbsent: !keyExists
        case .ifPresent: keyExists
        }
    }
}
