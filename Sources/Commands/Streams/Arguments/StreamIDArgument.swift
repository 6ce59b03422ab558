import Bytes
import Keyspace

// Identifiers as clients write them:
//
//     1700000000000-3     both parts
//     1700000000000       the sequence is what the command says, 0 or the greatest
//     - and +             the first and the last that there can be, where a range is meant
//     1700000000000-*     the next sequence of this millisecond, for XADD alone
//     (1700000000000-3    behind or before, but without it, where a range is meant
extension Slices {
    /// An argument as an identifier with its numbers.
    func streamID(
        _ index: Int, missingSequence: UInt64 = 0
    ) throws(CommandError) -> StreamID {
        guard let id = StreamID(self[index], missingSequence: missingSequence) else {
            throw .invalidStreamID
        }
        return id
    }

    /// An argument as an identifier with its numbers, or as `-` or `+`.
    func streamIDOrEdge(
        _ index: Int, missingSequence: UInt64 = 0
    ) throws(CommandError) -> StreamID {
        let word = self[index].untilZero
        if word == "-" { return .min }
        if word == "+" { return .max }
        return try streamID(index, missingSequence: missingSequence)
    }

    /// An argument as the first identifier of a range.
    func streamRangeStart(_ index: Int) throws(CommandError) -> StreamID {
        guard let rest = excluding(index) else { return try streamIDOrEdge(index) }
        guard let id = StreamID(rest, missingSequence: 0) else { throw .invalidStreamID }
        guard let next = id.next else { throw .text("ERR invalid start ID for the interval") }
        return next
    }

    /// An argument as the last identifier of a range.
    func streamRangeEnd(_ index: Int) throws(CommandError) -> StreamID {
        guard let rest = excluding(index) else {
            return try streamIDOrEdge(index, missingSequence: .max)
        }
        guard let id = StreamID(rest, missingSequence: .max) else { throw .invalidStreamID }
        guard let previous = id.previous else {
            throw .text("ERR invalid end ID for the interval")
        }
        return previous
    }

    /// What follows the parenthesis of an identifier that a range leaves out.
    private func excluding(_ index: Int) -> ByteSlice? {
        let word = self[index]
        return word.count > 1 && word[0] == UInt8(ascii: "(") ? word[1...] : nil
    }
}

extension StreamID {
    /// Longer words are no identifiers, whatever they say.
    private static let textCountMax = 127

    /// - Parameter missingSequence: the sequence when the text has none.
    init?(_ text: ByteSlice, missingSequence: UInt64) {
        guard let (milliseconds, rest) = Self.parts(of: text) else { return nil }
        guard let rest else {
            self.init(milliseconds: milliseconds, sequence: missingSequence)
            return
        }
        guard let sequence = rest.streamNumber else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    /// The milliseconds, and what stands behind the hyphen, if there is one.
    static func parts(of text: ByteSlice) -> (milliseconds: UInt64, rest: ByteSlice?)? {
        guard text.count <= textCountMax else { return nil }
        let text = text.untilZero
        guard let hyphen = text.firstIndex(of: UInt8(ascii: "-")) else {
            return text.streamNumber.map { ($0, nil) }
        }
        return text[..<hyphen].streamNumber.map { ($0, text[(hyphen + 1)...]) }
    }
}

extension ByteSlice {
    /// The bytes as an unsigned number, in all the forms that C's `strtoull` takes, but for a
    /// negative number in its canonical form: what Redis takes in an identifier.
    fileprivate var streamNumber: UInt64? {
        if let integer { return UInt64(exactly: integer) }
        var index = 0
        while index < count, self[index].isASCIISpace { index += 1 }
        var isNegative = false
        if index < count, self[index] == UInt8(ascii: "-") || self[index] == UInt8(ascii: "+") {
            isNegative = self[index] == UInt8(ascii: "-")
            index += 1
        }
        guard index < count else { return nil }
        var number: UInt64 = 0
        while index < count {
            guard self[index].isASCIIDigit else { return nil }
            let (shifted, overflowed) = number.multipliedReportingOverflow(by: 10)
            let (sum, carried) = shifted.addingReportingOverflow(UInt64(self[index] &- 0x30))
            guard !overflowed, !carried else { return nil }
            number = sum
            index += 1
        }
        return isNegative ? 0 &- number : number
    }
}

extension CommandError {
    static let invalidStreamID = CommandError.text(
        "ERR Invalid stream ID specified as stream command argument")
}
