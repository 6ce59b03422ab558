/// SHA-256 (FIPS 180-4): passwords are kept and compared as their digests.
public struct SHA256: Sendable {
    public static let size = 32

    private var state = Self.initial
    private var block = DigestBlock()

    public init() {}

    /// The digest of one run of bytes in sixty-four lower-case hexadecimal digits.
    public static func hex(of bytes: ByteSlice) -> ByteString {
        var hash = SHA256()
        hash.update(bytes)
        return ByteString(Hexadecimal.digits(of: hash.digest))
    }

    /// Adds bytes to the hash.
    public mutating func update(_ bytes: ByteSlice) {
        for index in 0..<bytes.count {
            if let words = block.append(bytes[index]) { compress(words) }
        }
    }

    /// The digest of everything added so far; more can still be added.
    public var digest: InlineArray<32, UInt8> {
        var last = self
        var block = block
        block.finish { last.compress($0) }
        var digest = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<32 {
            let shift = UInt32(24 - 8 * (index % 4))
            digest[index] = UInt8(truncatingIfNeeded: last.state[index / 4] >> shift)
        }
        return digest
    }

    private mutating func compress(_ block: InlineArray<16, UInt32>) {
        let words = Self.schedule(of: block)
        var mixed = state
        for index in 0..<64 {
            let (a, e) = (mixed[0], mixed[4])
            let choice = (e & mixed[5]) ^ (~e & mixed[6])
            let majority = (a & mixed[1]) ^ (a & mixed[2]) ^ (mixed[1] & mixed[2])
            let sumOfE = Self.rotate(e, 6) ^ Self.rotate(e, 11) ^ Self.rotate(e, 25)
            let sumOfA = Self.rotate(a, 2) ^ Self.rotate(a, 13) ^ Self.rotate(a, 22)
            let first =
                mixed[7] &+ sumOfE &+ choice &+ Self.constants[index] &+ words[index]
            for place in stride(from: 7, to: 0, by: -1) { mixed[place] = mixed[place - 1] }
            mixed[4] = mixed[4] &+ first
            mixed[0] = first &+ sumOfA &+ majority
        }
        for index in 0..<8 { state[index] = state[index] &+ mixed[index] }
    }

    /// The sixteen words of a block, and the forty-eight that follow from them.
    private static func schedule(of block: InlineArray<16, UInt32>) -> InlineArray<64, UInt32> {
        var words = InlineArray<64, UInt32>(repeating: 0)
        for index in 0..<16 { words[index] = block[index] }
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let first = rotate(early, 7) ^ rotate(early, 18) ^ (early >> 3)
            let second = rotate(late, 17) ^ rotate(late, 19) ^ (late >> 10)
            words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
        }
        return words
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ bits: UInt32) -> UInt32 {
        word &>> bits | word &<< (32 &- bits)
    }

    private static let initial: InlineArray<8, UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
        0x5be0_cd19,
    ]

    private static let constants: InlineArray<64, UInt32> = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
        0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
        0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
        0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
        0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
        0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
        0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]
}
