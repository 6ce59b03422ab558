/// The frame that SHA-1 and SHA-256 (FIPS 180-4) share: bytes gather in blocks of 64, and the last
/// block ends in a one bit, zeros, and the count of all bits in eight bytes, the highest first.
struct DigestBlock: Sendable {
    private var bytes = InlineArray<64, UInt8>(repeating: 0)
    private var count = 0
    private var countOfAll: UInt64 = 0

    /// Adds a byte of what is hashed. Returns the block's words when it is full; it is empty then.
    mutating func append(_ byte: UInt8) -> InlineArray<16, UInt32>? {
        countOfAll &+= 1
        bytes[count] = byte
        count += 1
        guard count == 64 else { return nil }
        count = 0
        var words = InlineArray<16, UInt32>(repeating: 0)
        for index in 0..<16 {
            words[index] =
                UInt32(bytes[4 * index]) << 24 | UInt32(bytes[4 * index + 1]) << 16
                | UInt32(bytes[4 * index + 2]) << 8 | UInt32(bytes[4 * index + 3])
        }
        return words
    }

    /// Adds the end. Hands out the words of each block that it fills, one or two.
    mutating func finish(_ compress: (InlineArray<16, UInt32>) -> Void) {
        let bits = countOfAll &* 8
        if let words = append(0x80) { compress(words) }
        while count != 56 {
            if let words = append(0) { compress(words) }
        }
        for shift in stride(from: 56, through: 0, by: -8) {
            if let words = append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) {
                compress(words)
            }
        }
    }
}

extension Hexadecimal {
    /// A digest in lower-case digits, two a byte.
    static func digits<let count: Int>(of digest: InlineArray<count, UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(2 * count)
        for index in digest.indices {
            text.append(digit(digest[index] >> 4))
            text.append(digit(digest[index] & 15))
        }
        return text
    }
}
