/// The 64-bit hash XXH3, with its usual secret and the seed 0: what `DIGEST` gives of a string.
///
/// A hash to compare values by, not against people who choose them. Input of up to 3, 8, 16, 128 and
/// 240 bytes is mixed in a way of its own each. What is longer goes through eight accumulators, 64
/// bytes (a stripe) at a time, which are scrambled after each block of sixteen stripes. Secret and
/// primes are those of the published description.
public enum XXH3 {
    public static func hash(_ bytes: ByteSlice) -> UInt64 {
        switch bytes.count {
        case 0: finished64(secret.word(56) ^ secret.word(64))
        case 1...3: upTo3(bytes)
        case 4...8: upTo8(bytes)
        case 9...16: upTo16(bytes)
        case 17...128: upTo128(bytes)
        case 129...240: upTo240(bytes)
        default: long(bytes)
        }
    }

    /// Digits of a hash in hexadecimal form.
    public static let digitCount = 16

    /// Appends the hash in lower-case hexadecimal digits.
    public static func appendHex(of bytes: ByteSlice, to buffer: inout ByteBuffer) {
        let hash = hash(bytes)
        for index in 1...digitCount {
            let shift = UInt64(64 - index * 4)
            buffer.append(Hexadecimal.digit(UInt8(truncatingIfNeeded: hash >> shift) & 15))
        }
    }

    // MARK: Short input

    private static func upTo3(_ bytes: ByteSlice) -> UInt64 {
        let count = bytes.count
        let (first, middle, last) = (bytes[0], bytes[count / 2], bytes[count - 1])
        let combined =
            UInt32(first) << 16 | UInt32(middle) << 24 | UInt32(last) | UInt32(count) << 8
        return finished64(UInt64(combined) ^ UInt64(secret.half(0) ^ secret.half(4)))
    }

    private static func upTo8(_ bytes: ByteSlice) -> UInt64 {
        let first = UInt64(bytes.half(0))
        let last = UInt64(bytes.half(bytes.count - 4))
        var hash = (last &+ first << 32) ^ secret.word(8) ^ secret.word(16)
        hash ^= hash.rotated(by: 49) ^ hash.rotated(by: 24)
        hash &*= 0x9fb2_1c65_1e98_df25
        hash ^= (hash >> 35) &+ UInt64(bytes.count)
        hash &*= 0x9fb2_1c65_1e98_df25
        return hash ^ hash >> 28
    }

    private static func upTo16(_ bytes: ByteSlice) -> UInt64 {
        let low = bytes.word(0) ^ secret.word(24) ^ secret.word(32)
        let high = bytes.word(bytes.count - 8) ^ secret.word(40) ^ secret.word(48)
        return finished(
            UInt64(bytes.count) &+ low.byteSwapped &+ high &+ folded(low, high))
    }

    private static func upTo128(_ bytes: ByteSlice) -> UInt64 {
        let count = bytes.count
        var sum = UInt64(count) &* prime64.0
        // Pairs of 16 bytes, one from each end, towards the middle.
        for pair in 0..<(count - 1) / 32 + 1 {
            sum &+= mixed(bytes, pair * 16, pair * 32)
            sum &+= mixed(bytes, count - (pair + 1) * 16, pair * 32 + 16)
        }
        return finished(sum)
    }

    private static func upTo240(_ bytes: ByteSlice) -> UInt64 {
        let count = bytes.count
        var sum = UInt64(count) &* prime64.0
        for round in 0..<8 { sum &+= mixed(bytes, round * 16, round * 16) }
        sum = finished(sum)
        for round in 8..<count / 16 { sum &+= mixed(bytes, round * 16, (round - 8) * 16 + 3) }
        return finished(sum &+ mixed(bytes, count - 16, 136 - 17))
    }

    // MARK: Long input

    private static let stripeSize = 64
    private static let stripesOfBlock = (XXH3Secret.size - stripeSize) / 8

    private static func long(_ bytes: ByteSlice) -> UInt64 {
        var lanes = SIMD8<UInt64>(
            UInt64(prime32.2), prime64.0, prime64.1, prime64.2, prime64.3, UInt64(prime32.1),
            prime64.4, UInt64(prime32.0))
        let scrambling = secret.words(XXH3Secret.size - stripeSize)
        for stripe in 0..<(bytes.count - 1) / stripeSize {
            let inBlock = stripe % stripesOfBlock
            accumulate(&lanes, bytes.words(stripe * stripeSize), secret.words(inBlock * 8))
            if inBlock == stripesOfBlock - 1 {
                lanes = (lanes ^ lanes &>> 47 ^ scrambling) &* UInt64(prime32.0)
            }
        }
        // The last 64 bytes, which may overlap the stripe before.
        accumulate(
            &lanes, bytes.words(bytes.count - stripeSize),
            secret.words(XXH3Secret.size - stripeSize - 7))
        var sum = UInt64(bytes.count) &* prime64.0
        for lane in stride(from: 0, to: 8, by: 2) {
            sum &+= folded(
                lanes[lane] ^ secret.word(11 + lane * 8),
                lanes[lane + 1] ^ secret.word(19 + lane * 8))
        }
        return finished(sum)
    }

    private static func accumulate(
        _ lanes: inout SIMD8<UInt64>, _ data: SIMD8<UInt64>, _ key: SIMD8<UInt64>
    ) {
        let keyed = data ^ key
        // Each lane takes its neighbour's data, so that no input is lost to a product with 0.
        let swapped = SIMD8(
            data[1], data[0], data[3], data[2], data[5], data[4], data[7], data[6])
        lanes &+= swapped &+ (keyed & 0xffff_ffff) &* (keyed &>> 32)
    }

    // MARK: Mixing

    private static let secret = XXH3Secret()
    private static let prime32: (UInt32, UInt32, UInt32) = (
        0x9e37_79b1, 0x85eb_ca77, 0xc2b2_ae3d
    )
    private static let prime64: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
        0x9e37_79b1_85eb_ca87, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9,
        0x85eb_ca77_c2b2_ae63, 0x27d4_eb2f_1656_67c5
    )

    private static func mixed(
        _ bytes: ByteSlice, _ offset: Int, _ secretOffset: Int
    ) -> UInt64 {
        folded(
            bytes.word(offset) ^ secret.word(secretOffset),
            bytes.word(offset + 8) ^ secret.word(secretOffset + 8))
    }

    /// Both halves of the product of 128 bits, together.
    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.low ^ product.high
    }

    private static func finished(_ sum: UInt64) -> UInt64 {
        let hash = (sum ^ sum >> 37) &* 0x1656_6791_9e37_79f9
        return hash ^ hash >> 32
    }

    /// The way in which the older hash XXH64 ends.
    private static func finished64(_ sum: UInt64) -> UInt64 {
        var hash = (sum ^ sum >> 33) &* prime64.1
        hash = (hash ^ hash >> 29) &* prime64.2
        return hash ^ hash >> 32
    }
}

/// The bytes that the algorithm mixes its input with, as words in their order.
private struct XXH3Secret {
    static let size = 192

    private let words: InlineArray<24, UInt64> = [
        0xbe4b_a423_396c_feb8, 0x1cad_21f7_2c81_017c, 0xdb97_9083_e96d_d4de, 0x1f67_b3b7_a4a4_4072,
        0x78e5_c0cc_4ee6_79cb, 0x2172_ffcc_7dd0_5a82, 0x8e24_43f7_7446_08b8, 0x4c26_3a81_e690_35e0,
        0xcb00_c391_bb52_283c, 0xa32e_531b_8b65_d088, 0x4ef9_0da2_9748_6471, 0xd8ac_dea9_46ef_1938,
        0x3f34_9ce3_3f76_faa8, 0x1d4f_0bc7_c7bb_dcf9, 0x3159_b4cd_4be0_518a, 0x6473_78d9_c97e_9fc8,
        0xc3eb_d334_83ac_c5ea, 0xeb63_13fa_ffa0_81c5, 0x49da_f0b7_51dd_0d17, 0x9e68_d429_2655_16d3,
        0xfca1_477d_58be_162b, 0xce31_d07a_d1b8_f88f, 0x2804_1695_8f3a_cb45, 0x7e40_4bbb_cafb_d7af,
    ]

    func word(_ offset: Int) -> UInt64 {
        let shift = UInt64(offset & 7) * 8
        let low = words[offset >> 3] >> shift
        return shift == 0 ? low : low | words[offset >> 3 + 1] << (64 - shift)
    }

    func half(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: word(offset)) }

    func words(_ offset: Int) -> SIMD8<UInt64> {
        var all = SIMD8<UInt64>()
        for index in 0..<8 { all[index] = word(offset + index * 8) }
        return all
    }
}

extension UInt64 {
    fileprivate func rotated(by bits: UInt64) -> UInt64 { self << bits | self >> (64 - bits) }
}

extension ByteSlice {
    fileprivate func word(_ offset: Int) -> UInt64 { littleEndian(at: offset, as: UInt64.self) }
    fileprivate func half(_ offset: Int) -> UInt32 { littleEndian(at: offset, as: UInt32.self) }

    fileprivate func words(_ offset: Int) -> SIMD8<UInt64> {
        var all = SIMD8<UInt64>()
        for index in 0..<8 { all[index] = word(offset + index * 8) }
        return all
    }
}
