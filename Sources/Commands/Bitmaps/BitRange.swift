import Bytes

/// The words of `BITCOUNT` and `BITPOS` that choose a part of a string: `start [end [BYTE | BIT]]`.
/// Negative places count from the end.
struct BitRange: Equatable {
    let start: Int64
    /// Nothing stands for the end of the string.
    let end: Int64?
    let countsBits: Bool

    /// Reads the words from an index on, the last of the request.
    init(_ arguments: Slices, at index: Int) throws(CommandError) {
        let count = arguments.count - index
        guard (1...3).contains(count) else { throw .syntax }
        start = try arguments.integer(index)
        countsBits = count == 3 ? try Self.countsBits(arguments[index + 2]) : false
        end = count >= 2 ? try arguments.integer(index + 1) : nil
    }

    private static func countsBits(_ word: ByteSlice) throws(CommandError) -> Bool {
        if word.isWord("bit") { return true }
        guard word.isWord("byte") else { throw .syntax }
        return false
    }

    /// The offsets of the bits that are chosen from a string, nothing when none is.
    ///
    /// - Parameter count: of the string's bytes.
    func bits(of count: Int) -> ClosedRange<Int>? {
        let total = Int64(countsBits ? count * 8 : count)
        var first = start < 0 ? max(0, start + total) : start
        let end = self.end ?? total - 1
        var last = min(total - 1, end < 0 ? max(0, end + total) : end)
        guard first <= last else { return nil }
        if !countsBits {
            first *= 8
            last = last * 8 + 7
        }
        return Int(first)...Int(last)
    }
}

extension ByteSlice {
    /// The number of set bits between two offsets within the slice.
    func bitCount(in range: ClosedRange<Int>) -> Int {
        let (first, last) = (range.lowerBound >> 3, range.upperBound >> 3)
        let before = self[first] & ~(0xff >> UInt8(range.lowerBound & 7))
        let behind = self[last] & (0x7f >> UInt8(range.upperBound & 7))
        return self[first..<last + 1].bitCount - before.nonzeroBitCount - behind.nonzeroBitCount
    }

    /// The offset of the first bit that is set, or clear, between two offsets within the slice.
    func firstBit(_ wanted: Bool, in range: ClosedRange<Int>) -> Int? {
        var offset = range.lowerBound
        while offset & 7 != 0 {
            guard offset <= range.upperBound else { return nil }
            if bit(at: offset) == wanted { return offset }
            offset += 1
        }
        guard offset <= range.upperBound else { return nil }
        let bytes = self[offset >> 3..<range.upperBound >> 3 + 1]
        guard let found = bytes.firstBit(wanted), offset + found <= range.upperBound else {
            return nil
        }
        return offset + found
    }
}
