/// SHA-1 (FIPS 180-4): the names of scripts and the digest of a data set.
///
/// Not for secrets: collisions can be made. The names that Redis gave are SHA-1, so ours are.
public struct SHA1: Sendable {
    public static let size = 20

    private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
        0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0
    )
    private var block = DigestBlock()

    public init() {}

    /// The digest of one run of bytes.
    public static func of(_ bytes: ByteSlice) -> InlineArray<20, UInt8> {
        var hash = SHA1()
        hash.update(bytes)
        return hash.digest
    }

    /// The digest in forty lower-case hexadecimal digits.
    public static func hex(of bytes: ByteSlice) -> String { hex(of(bytes)) }

    /// Forty lower-case hexadecimal digits.
    public static func hex(_ digest: InlineArray<20, UInt8>) -> String {
        String(decoding: Hexadecimal.digits(of: digest), as: UTF8.self)
    }

    /// Adds bytes to the hash.
    public mutating func update(_ bytes: ByteSlice) {
        for index in 0..<bytes.count {
            if let words = block.append(bytes[index]) { compress(words) }
        }
    }

    /// The digest of everything added so far; more can still be added.
    public var digest: InlineArray<20, UInt8> {
        var last = self
        var block = block
        block.finish { last.compress($0) }
        let (a, b, c, d, e) = last.state
        var digest = InlineArray<20, UInt8>(repeating: 0)
        for index in 0..<4 {
            let shift = UInt32(24 - 8 * index)
            digest[index] = UInt8(truncatingIfNeeded: a >> shift)
            digest[4 + index] = UInt8(truncatingIfNeeded: b >> shift)
            digest[8 + index] = UInt8(truncatingIfNeeded: c >> shift)
            digest[12 + index] = UInt8(truncatingIfNeeded: d >> shift)
            digest[16 + index] = UInt8(truncatingIfNeeded: e >> shift)
        }
        return digest
    }

    private mutating func compress(_ block: InlineArray<16, UInt32>) {
        var words = InlineArray<80, UInt32>(repeating: 0)
        for index in 0..<16 { words[index] = block[index] }
        for index in 16..<80 {
            let mixed =
                words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
            words[index] = Self.rotate(mixed, by: 1)
        }
        var (a, b, c, d, e) = state
        for index in 0..<80 {
            let (choice, constant): (UInt32, UInt32) =
                switch index {
                case 0..<20: ((b & c) | (~b & d), 0x5a82_7999)
                case 20..<40: (b ^ c ^ d, 0x6ed9_eba1)
                case 40..<60: ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc)
                default: (b ^ c ^ d, 0xca62_c1d6)
                }
            let next = Self.rotate(a, by: 5) &+ choice &+ e &+ constant &+ words[index]
            (a, b, c, d, e) = (next, a, Self.rotate(b, by: 30), c, d)
        }
        state = (
            state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e
        )
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, by bits: UInt32) -> UInt32 {
        word &<< bits | word &>> (32 &- bits)
    }
}
