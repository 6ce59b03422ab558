import Bytes
import Persistence

/// Puts right a batch in which exactly one byte is wrong, where its checksum proves which.
enum BatchRepair {
    private static let carriageReturn = 67
    private static let lineFeed = 68

    /// Looks for the one wrong byte of a batch.
    ///
    /// - Parameters:
    ///   - range: of the batch, its line included.
    ///   - previous: the checksum in the line before it, or the file's seed.
    static func find(
        in content: ByteSlice, _ range: Range<Int>, previous: UInt64
    ) -> WrongByte? {
        guard range.count >= BatchLine.size, range.upperBound <= content.count else { return nil }
        let line = content[range.lowerBound..<range.lowerBound + BatchLine.size]
        let batch = content[range.lowerBound + BatchLine.size..<range.upperBound]
        if let byte = brokenLineEnd(line, at: range.lowerBound) { return byte }
        let computed = BatchLine.checksum(of: line, batch: batch, previous: previous)
        guard let stored = checksum(in: line) else {
            return wrongDigit(line, computed, at: range.lowerBound)
        }
        let covered = BatchLine.coveredSize + batch.count
        if let found = CRC64Correction.locate(computed ^ stored, count: covered) {
            let offset =
                found.index < BatchLine.coveredSize
                ? range.lowerBound + found.index
                : range.lowerBound + BatchLine.size + found.index - BatchLine.coveredSize
            return WrongByte(
                offset: offset, found: content[offset], right: content[offset] ^ found.difference)
        }
        return wrongDigit(line, computed, at: range.lowerBound)
    }

    /// The checksum covers neither itself nor the line's end, which is always the same.
    private static func brokenLineEnd(_ line: ByteSlice, at start: Int) -> WrongByte? {
        for (place, right) in [(carriageReturn, UInt8(0x0d)), (lineFeed, UInt8(0x0a))]
        where line[place] != right {
            return WrongByte(offset: start + place, found: line[place], right: right)
        }
        return nil
    }

    private static func checksum(in line: ByteSlice) -> UInt64? {
        var value: UInt64 = 0
        for place in BatchLine.coveredSize..<carriageReturn {
            guard let digit = line[place].hexadecimalDigit,
                line[place] == Hexadecimal.digit(digit)
            else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    /// The one digit of the checksum itself that differs from what the bytes give.
    private static func wrongDigit(
        _ line: ByteSlice, _ computed: UInt64, at start: Int
    ) -> WrongByte? {
        var wrong: WrongByte?
        for place in BatchLine.coveredSize..<carriageReturn {
            let shift = UInt64(4 * (carriageReturn - 1 - place))
            let right = Hexadecimal.digit(UInt8(truncatingIfNeeded: computed >> shift) & 15)
            guard line[place] != right else { continue }
            guard wrong == nil else { return nil }
            wrong = WrongByte(offset: start + place, found: line[place], right: right)
        }
        return wrong
    }
}
