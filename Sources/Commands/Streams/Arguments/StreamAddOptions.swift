import Bytes
import Keyspace

/// Which identifier a new entry is to get.
enum NewStreamID: Equatable {
    /// `*`: the present millisecond, or behind the last one.
    case automatic
    /// `ms-*`: the next sequence of a millisecond.
    case automaticSequence(milliseconds: UInt64)
    case exact(StreamID)
}

/// How the front of a stream is cut, by `XTRIM` and `XADD`.
struct StreamTrimOptions {
    private(set) var rule: StreamTrim?
    /// Whether only whole nodes go: `~`.
    private(set) var isApproximate = false
    /// Entries to remove at the most; 0 is without end.
    private(set) var limit: Int = 0
    private var isLimitGiven = false
    /// Which argument is the threshold.
    private(set) var thresholdIndex = 0

    /// Reads an option of the arguments at an index, if it is one of these, and moves the index to
    /// its last argument.
    ///
    /// - Returns: whether it is one.
    fileprivate mutating func read(
        _ arguments: Slices, at index: inout Int
    ) throws(CommandError) -> Bool {
        let option = arguments[index]
        let left = arguments.count - 1 - index
        guard left > 0 else { return false }
        if option.isWord("maxlen") {
            try readOperator(arguments, at: &index, left: left)
            let length = try arguments.integer(index)
            guard length >= 0 else { throw .text("ERR The MAXLEN argument must be >= 0.") }
            rule = .length(UInt64(length))
            thresholdIndex = index
        } else if option.isWord("minid") {
            try readOperator(arguments, at: &index, left: left)
            rule = .minimum(try arguments.streamID(index))
            thresholdIndex = index
        } else if option.isWord("limit") {
            index += 1
            let value = try arguments.integer(index)
            guard value >= 0 else { throw .text("ERR The LIMIT argument must be >= 0.") }
            limit = Int(value)
            isLimitGiven = true
        } else {
            return false
        }
        return true
    }

    /// Moves the index to the threshold, behind `~` or `=`.
    private mutating func readOperator(
        _ arguments: Slices, at index: inout Int, left: Int
    ) throws(CommandError) {
        guard rule == nil else {
            throw .text(
                """
                ERR syntax error, MAXLEN and MINID options at the same time are not compatible
                """)
        }
        index += 1
        guard left >= 2 else { return }
        let isTilde = arguments[index].untilZero == "~"
        isApproximate = isTilde
        if isTilde || arguments[index].untilZero == "=" { index += 1 }
    }

    /// Checks what the options say together, and settles the limit.
    ///
    /// - Parameters:
    ///   - entriesMax: of a node; 0 is without end.
    ///   - isReplaying: whether a record is replayed, which says exactly what to remove.
    fileprivate mutating func finish(
        isTrim: Bool, entriesMax: Int, isReplaying: Bool
    ) throws(CommandError) {
        guard limit == 0 || rule != nil else {
            throw .text(
                """
                ERR syntax error, LIMIT cannot be used without specifying a trimming strategy
                """)
        }
        guard rule != nil || !isTrim else {
            throw .text("ERR syntax error, XTRIM must be called with a trimming strategy")
        }
        if isReplaying {
            limit = 0
        } else if isLimitGiven {
            guard isApproximate else {
                throw .text(
                    "ERR syntax error, LIMIT cannot be used without the special ~ option")
            }
        } else if isApproximate {
            // A hundred nodes, and a bound where nodes have none.
            let (hundred, overflowed) = entriesMax.multipliedReportingOverflow(by: 100)
            limit = overflowed || hundred > 1_000_000 ? 1_000_000 : hundred > 0 ? hundred : 10_000
        }
    }

    /// Of `XTRIM key`.
    init(
        trim arguments: Slices, entriesMax: Int, isReplaying: Bool
    ) throws(CommandError) {
        var index = 2
        while index < arguments.count {
            guard try read(arguments, at: &index) else { throw .syntax }
            index += 1
        }
        try finish(isTrim: true, entriesMax: entriesMax, isReplaying: isReplaying)
    }

    fileprivate init() {}
}

/// The words behind `XADD key`.
struct StreamAddOptions {
    private(set) var trim = StreamTrimOptions()
    /// Whether a stream is made where there is none.
    private(set) var makesStream = true
    private(set) var id = NewStreamID.automatic
    /// Which argument is the identifier; the fields follow it.
    private(set) var idIndex = 2

    init(
        _ arguments: Slices, entriesMax: Int, isReplaying: Bool
    ) throws(CommandError) {
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            if word.untilZero == "*" { break }
            if try trim.read(arguments, at: &index) {
                index += 1
            } else if word.isWord("nomkstream") {
                makesStream = false
                index += 1
            } else {
                id = try Self.id(word)
                break
            }
        }
        idIndex = index
        try trim.finish(isTrim: false, entriesMax: entriesMax, isReplaying: isReplaying)
        let count = arguments.count - index - 1
        guard count >= 2, count.isMultiple(of: 2) else { throw .wrongArity("xadd") }
        guard id != .exact(.min) else {
            throw .text("ERR The ID specified in XADD must be greater than 0-0")
        }
    }

    private static func id(_ word: ByteSlice) throws(CommandError) -> NewStreamID {
        guard let (milliseconds, rest) = StreamID.parts(of: word) else {
            throw .invalidStreamID
        }
        if let rest, rest == "*" { return .automaticSequence(milliseconds: milliseconds) }
        guard let id = StreamID(word, missingSequence: 0) else { throw .invalidStreamID }
        return .exact(id)
    }
}
