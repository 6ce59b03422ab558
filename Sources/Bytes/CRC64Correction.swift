/// One byte that is wrong, found by the checksum of the bytes around it.
///
/// The sum is linear: a byte that differs by `e` and has `k` bytes behind it changes the sum by what
/// `e` alone, and then `k` zero bytes, would give. Going back from the difference of the two sums,
/// a zero byte at a time, the place shows where what is left is the sum of a single byte. A run of
/// 2^30 bytes has 2^38 such differences among 2^64, so damage of another kind is mistaken for a
/// wrong byte once in 2^26 times; shorter runs make that rarer.
public struct CRC64Correction: Equatable, Sendable {
    /// Of the byte, from the beginning of the run.
    public let index: Int
    /// What the byte differs by: the right one is the exclusive or of both.
    public let difference: UInt8

    public init(index: Int, difference: UInt8) {
        self.index = index
        self.difference = difference
    }

    /// Looks for the one byte that explains a wrong sum.
    ///
    /// - Parameters:
    ///   - difference: the exclusive or of the sum that the bytes have and the right one.
    ///   - count: bytes in the run.
    /// - Returns: nothing when no byte, or more than one, would explain it.
    public static func locate(_ difference: UInt64, count: Int) -> CRC64Correction? {
        guard difference != 0 else { return nil }
        let table = sumsOfBytes()
        var byteOfTop = [UInt8](repeating: 0, count: 256)
        for byte in 0..<256 { byteOfTop[Int(table[byte] >> 56)] = UInt8(byte) }
        var found: CRC64Correction?
        var left = difference
        for following in 0..<count {
            // The top byte of a sum tells which table entry went into it last.
            let byte = byteOfTop[Int(left >> 56)]
            let entry = table[Int(byte)]
            if left == entry {
                guard found == nil else { return nil }
                found = CRC64Correction(index: count - 1 - following, difference: byte)
            }
            left = (left ^ entry) << 8 | UInt64(byte)
        }
        return found
    }

    private static func sumsOfBytes() -> [UInt64] {
        (0..<256).map { byte in [UInt8(byte)].withSlice { CRC64.of($0) } }
    }
}
