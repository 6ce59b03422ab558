import Bytes

/// The words behind `SCAN cursor`.
struct ScanOptions {
    private(set) var count: Int64 = 10
    private(set) var pattern: ByteSlice?
    private(set) var type: ByteSlice?
    private(set) var hasNoValues = false

    /// Reads the options of a request from an index on. The last of a repeated option counts.
    ///
    /// - Parameters:
    ///   - takesType: whether `TYPE` is one of them.
    ///   - takesNoValues: whether `NOVALUES` is one of them.
    init(
        _ arguments: Slices, from start: Int, takesType: Bool, takesNoValues: Bool = false
    ) throws(CommandError) {
        var index = start
        while index < arguments.count {
            let word = arguments[index]
            if takesNoValues, word.isWord("novalues") {
                hasNoValues = true
                index += 1
                continue
            }
            guard index + 1 < arguments.count else { throw .syntax }
            if word.isWord("count") {
                count = try arguments.integer(index + 1)
                guard count >= 1 else { throw .syntax }
            } else if word.isWord("match") {
                pattern = arguments[index + 1]
            } else if word.isWord("type"), takesType {
                type = arguments[index + 1]
            } else {
                throw .syntax
            }
            index += 2
        }
    }

    /// Whether a name passes the pattern. A single star lets everything through, also the empty
    /// name, which no pattern matches.
    func matches(_ name: ByteSlice) -> Bool {
        guard let pattern, !(pattern == "*") else { return true }
        return Glob.matches(name, pattern)
    }

    /// A cursor as C's `strtoul` reads it, which is what clients may rely on: nothing is 0, a sign
    /// is allowed, and a minus counts down from the top.
    static func cursor(_ text: ByteSlice) throws(CommandError) -> UInt64 {
        var index = 0
        var isNegative = false
        if let sign = text.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            isNegative = sign == UInt8(ascii: "-")
            index = 1
            if text.count == 1 { throw .invalidCursor }
        }
        var number: UInt64 = 0
        while index < text.count {
            let digit = text[index] &- 0x30
            guard digit <= 9 else { throw .invalidCursor }
            let (shifted, overflowed) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(UInt64(digit))
            guard !overflowed, !carried else { throw .invalidCursor }
            number = sum
            index += 1
        }
        return isNegative ? 0 &- number : number
    }
}

extension CommandError {
    static let invalidCursor = CommandError.text("ERR invalid cursor")
}
