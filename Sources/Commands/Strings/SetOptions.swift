import Bytes
import Keyspace

/// The words behind what `SET` and `MSETEX` set.
struct SetOptions: Equatable {
    enum Condition: Equatable {
        case always, ifAbsent, ifPresent
        case ifValue(ValueCondition)
    }

    /// The words that a command knows.
    enum Choice { case all, deadlinesAndPresence }

    private(set) var condition = Condition.always
    /// Whether the old value is the reply.
    private(set) var returnsOld = false
    private(set) var keepsDeadline = false
    private(set) var time: TimeArgument?

    /// Reads the options of a whole request. A word may be repeated; two that exclude each other
    /// are a syntax error.
    init(
        _ arguments: Slices, from start: Int = 3, takes choice: Choice = .all
    ) throws(CommandError) {
        var index = start
        while index < arguments.count {
            let word = arguments[index]
            if word.isWord("nx"), condition == .always || condition == .ifAbsent {
                condition = .ifAbsent
            } else if word.isWord("xx"), condition == .always || condition == .ifPresent {
                condition = .ifPresent
            } else if word.isWord("get"), choice == .all {
                returnsOld = true
            } else if word.isWord("keepttl"), time == nil {
                keepsDeadline = true
            } else if let time = TimeArgument(arguments, at: index), time.corrects(self.time),
                !keepsDeadline
            {
                self.time = time
                index += 1
            } else if choice == .all, condition == .always,
                let value = ValueCondition(arguments, at: index)
            {
                condition = .ifValue(value)
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    /// Whether the condition asks about the value that is there, which then has to be a string.
    var comparesValue: Bool {
        if case .ifValue = condition { true } else { false }
    }

    /// Whether a key that is there, or is not, may be set; a value that is asked about is not seen.
    func allows(keyExists: Bool) -> Bool {
        switch condition {
        case .always, .ifValue: true
        case .ifAbsent: !keyExists
        case .ifPresent: keyExists
        }
    }

    /// Whether the key may be set.
    func allows(_ entry: Entry?, _ arguments: Slices) throws(CommandError) -> Bool {
        guard case .ifValue(let value) = condition else { return allows(keyExists: entry != nil) }
        return try value.holds(for: try entry.requireString(), arguments)
    }
}
