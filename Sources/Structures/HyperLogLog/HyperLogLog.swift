import Bytes
import CPlatform

/// A HyperLogLog as Redis stores it in a string: the estimate of how many different elements were
/// added to it, from the longest runs of zero bits among their hashes.
///
/// ```
/// offset 0   "HYLL"
///        4   encoding, one byte: 0 dense, 1 sparse
///        5   three spare bytes, zero
///        8   the cardinality last estimated, 64 bits, least significant byte first; the highest
///            bit says that registers have changed since
///       16   the registers
/// ```
///
/// There are 16 384 registers of six bits. Dense, they follow each other, the first in the lowest
/// bits of the first byte. Sparse, they are runs, described in `HyperLogLog+Sparse.swift`. A sparse
/// one becomes dense for good once a register is beyond 32 or its bytes become too many.
///
/// Bytes may come from anywhere: what is not a HyperLogLog is told from one, and runs that do not
/// make up the registers are an error, never a trap.
public enum HyperLogLog {
    public enum Encoding: UInt8, Sendable { case dense, sparse }

    /// Runs that do not make up the registers.
    public struct Corruption: Error {}

    public static let headerSize = 16
    public static let registerCount = 1 << indexBits
    /// Bits of a hash that choose the register.
    static let indexBits = 14
    /// Bits of a hash whose zeros are counted.
    static let hashBits = 64 - indexBits
    static let registerBits = 6
    public static let denseSize = headerSize + registerCount * registerBits / 8

    /// A HyperLogLog without elements, in eighteen bytes: one run of zeros.
    public static func appendEmpty(to buffer: inout ByteBuffer) {
        buffer.append("HYLL")
        buffer.append(Encoding.sparse.rawValue)
        buffer.append(repeating: 0, count: headerSize - 5)
        SparseRun.zeros(registerCount).append(to: &buffer)
    }

    /// The encoding, or nothing when the bytes are not a HyperLogLog.
    public static func encoding(of bytes: ByteSlice) -> Encoding? {
        guard bytes.count >= headerSize, bytes[..<4] == "HYLL" else { return nil }
        guard let encoding = Encoding(rawValue: bytes[4]) else { return nil }
        return encoding == .sparse || bytes.count == denseSize ? encoding : nil
    }

    // MARK: The cached cardinality

    private static let staleFlag: UInt64 = 1 << 63

    /// The cardinality last estimated, or nothing when registers have changed since.
    public static func cached(in bytes: ByteSlice) -> UInt64? {
        let stored = bytes.littleEndian(at: 8, as: UInt64.self)
        return stored & staleFlag == 0 ? stored : nil
    }

    public static func cache(_ cardinality: UInt64, in bytes: MutableByteSlice) {
        for index in 0..<8 {
            bytes[8 + index] = UInt8(truncatingIfNeeded: cardinality >> UInt64(index * 8))
        }
    }

    /// Notes that the cached cardinality holds no longer.
    public static func invalidate(_ bytes: MutableByteSlice) {
        bytes[headerSize - 1] |= 0x80
    }

    // MARK: Elements

    /// The register that an element belongs to, and what it asks of it.
    static func place(of element: ByteSlice) -> (index: Int, value: UInt8) {
        let hash = ElementHash.hash(element)
        // A bit behind the counted ones ends the run of zeros.
        let counted = hash >> UInt64(indexBits) | 1 << UInt64(hashBits)
        return (
            Int(hash & UInt64(registerCount - 1)), UInt8(counted.trailingZeroBitCount + 1)
        )
    }
}

/// The hash of elements: MurmurHash2 for 64-bit machines, with Redis's seed. Another one would give
/// other registers.
enum ElementHash {
    private static let seed: UInt64 = 0xadc8_3b19
    private static let factor: UInt64 = 0xc6a4_a793_5bd1_e995

    static func hash(_ bytes: ByteSlice) -> UInt64 {
        let count = bytes.count
        var hash = seed ^ UInt64(count) &* factor
        var offset = 0
        while offset &+ 8 <= count {
            var word = bytes.littleEndian(at: offset, as: UInt64.self) &* factor
            word = (word ^ word >> 47) &* factor
            hash = (hash ^ word) &* factor
            offset &+= 8
        }
        if offset < count {
            var rest: UInt64 = 0
            for index in (offset..<count).reversed() { rest = rest << 8 | UInt64(bytes[index]) }
            hash = (hash ^ rest) &* factor
        }
        hash = (hash ^ hash >> 47) &* factor
        return hash ^ hash >> 47
    }
}
