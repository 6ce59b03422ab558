import CPlatform

/// The checksum of RDB files, `DUMP` payloads and log batches: CRC-64 with Redis's polynomial.
///
/// Polynomial `ad93d23594c935a9` ("Jones"), input and output reflected, initial value 0, no final
/// inversion; `123456789` gives `e9c6d914c4b8d9ca`. Because the initial value is 0, zero bytes in
/// front do not change the sum.
///
/// Sixteen bytes are taken at a time, each through a table of its own that knows what the byte
/// does to the sum after as many more bytes as follow it in the group. Where the processor can
/// multiply without carries, longer runs are first folded into sixteen bytes of the same sum.
@frozen
public struct CRC64: Sendable, Hashable {
    /// The sum of everything seen so far.
    public private(set) var value: UInt64

    /// - Parameter value: the sum of what went before; 0 to begin.
    public init(continuing value: UInt64 = 0) { self.value = value }

    /// The sum of one run of bytes.
    public static func of(_ bytes: ByteSlice) -> UInt64 {
        var sum = CRC64()
        sum.update(bytes)
        return sum.value
    }

    /// Shorter runs are not worth folding.
    private static let foldedCountMin = 256

    /// Adds bytes to the sum.
    public mutating func update(_ bytes: ByteSlice) {
        guard bytes.count >= Self.foldedCountMin else { return sum(bytes) }
        let folded = bytes.count & ~63
        var remainder: (UInt64, UInt64) = (0, 0)
        let isFolded = unsafe withUnsafeMutableBytes(of: &remainder) { remainder in
            let target = unsafe remainder.bindMemory(to: UInt8.self).baseAddress
            return unsafe ls_crc64_fold(bytes.start, folded, value, target)
        }
        guard isFolded != 0 else { return sum(bytes) }
        value = 0
        unsafe withUnsafeBytes(of: remainder) { remainder in
            guard let start = remainder.baseAddress else { return }
            unsafe sum(ByteSlice(start: start, count: remainder.count))
        }
        sum(bytes[folded...])
    }

    private mutating func sum(_ bytes: ByteSlice) {
        let tables = unsafe CRC64Tables.shared
        let base = unsafe bytes.base
        let count = bytes.count
        var sum = value
        var index = 0
        while index &+ 16 <= count {
            let group = unsafe UnsafeRawPointer(base + index)
            let low = unsafe sum ^ group.loadUnaligned(as: UInt64.self).littleEndian
            let high = unsafe group.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
            sum = unsafe Self.fold(low, tables + 8 &* 256) ^ Self.fold(high, tables)
            index &+= 16
        }
        while index < count {
            sum = unsafe tables[Int((sum ^ UInt64(base[index])) & 0xff)] ^ (sum &>> 8)
            index &+= 1
        }
        value = sum
    }

    /// What eight bytes contribute, the first through the last of eight tables.
    @inline(__always)
    private static func fold(_ word: UInt64, _ tables: UnsafePointer<UInt64>) -> UInt64 {
        let first =
            unsafe tables[7 &* 256 &+ Int(word & 0xff)]
            ^ tables[6 &* 256 &+ Int((word &>> 8) & 0xff)]
        let second =
            unsafe tables[5 &* 256 &+ Int((word &>> 16) & 0xff)]
            ^ tables[4 &* 256 &+ Int((word &>> 24) & 0xff)]
        let third =
            unsafe tables[3 &* 256 &+ Int((word &>> 32) & 0xff)]
            ^ tables[2 &* 256 &+ Int((word &>> 40) & 0xff)]
        let fourth =
            unsafe tables[256 &+ Int((word &>> 48) & 0xff)]
            ^ tables[Int(word &>> 56)]
        return first ^ second ^ (third ^ fourth)
    }
}

/// Sixteen tables of 256 sums: table `n` holds a byte's sum after `n` more zero bytes.
private enum CRC64Tables {
    /// Built once, never freed.
    nonisolated(unsafe) static let shared: UnsafePointer<UInt64> = unsafe build()

    private static func build() -> UnsafePointer<UInt64> {
        let reflectedPolynomial: UInt64 = 0x95ac_9329_ac4b_c9b5
        let tables = UnsafeMutablePointer<UInt64>.allocate(capacity: 16 * 256)
        for byte in 0..<256 {
            var sum = UInt64(byte)
            for _ in 0..<8 {
                sum = sum & 1 != 0 ? (sum >> 1) ^ reflectedPolynomial : sum >> 1
            }
            unsafe tables[byte] = sum
        }
        for index in 256..<16 * 256 {
            let before = unsafe tables[index - 256]
            unsafe tables[index] = tables[Int(before & 0xff)] ^ (before >> 8)
        }
        return unsafe UnsafePointer(tables)
    }
}
