import Bytes

/// A run of equal registers in a sparse HyperLogLog.
///
/// ```
/// 00cccccc             zeros: the count less one, up to 64
/// 01cccccc cccccccc    more zeros: the count less one, up to 16 384
/// 1vvvvvcc             a value, less one, up to 32; the count less one, up to 4
/// ```
public struct SparseRun: Equatable, Sendable {
    public let value: UInt8
    public let count: Int
    /// Whether the run is of zeros in its longer form.
    public let isLong: Bool

    static let shortZerosMax = 64
    static let valueMax: UInt8 = 32
    static let valueCountMax = 4

    static func zeros(_ count: Int) -> SparseRun { SparseRun(value: 0, count: count) }

    init(value: UInt8, count: Int) {
        precondition(count > 0)
        self.value = value
        self.count = count
        isLong = value == 0 && count > Self.shortZerosMax
    }

    /// The run at an offset. A second byte that is missing is taken for the zero byte that stands
    /// behind every string of Redis.
    init(_ bytes: ByteSlice, at offset: Int) {
        let first = bytes[offset]
        isLong = first & 0xc0 == 0x40
        if first & 0x80 != 0 {
            value = first >> 2 & 0x1f + 1
            count = Int(first & 3) + 1
        } else if first & 0x40 == 0 {
            value = 0
            count = Int(first) + 1
        } else {
            let second = offset + 1 < bytes.count ? bytes[offset + 1] : 0
            value = 0
            count = Int(first & 0x3f) << 8 + Int(second) + 1
        }
    }

    /// Bytes of the run that begins with a byte.
    static func size(of first: UInt8) -> Int { first & 0xc0 == 0x40 ? 2 : 1 }

    /// Visits all runs, whether or not they make up the registers.
    public static func forEach(in bytes: ByteSlice, _ visit: (SparseRun) -> Void) {
        var offset = HyperLogLog.headerSize
        while offset < bytes.count {
            visit(SparseRun(bytes, at: offset))
            offset += size(of: bytes[offset])
        }
    }

    /// Appends the run in as few bytes as it takes.
    func append(to buffer: inout ByteBuffer) {
        if value > 0 {
            precondition(value <= Self.valueMax)
            precondition(count <= Self.valueCountMax)
            buffer.append(0x80 | (value - 1) << 2 | UInt8(count - 1))
        } else if count <= Self.shortZerosMax {
            buffer.append(UInt8(count - 1))
        } else {
            precondition(count <= HyperLogLog.registerCount)
            buffer.append(0x40 | UInt8((count - 1) >> 8))
            buffer.append(UInt8(truncatingIfNeeded: count - 1))
        }
    }
}

extension HyperLogLog {
    /// Visits the runs of a sparse HyperLogLog with the index of each one's first register.
    public static func forEachRun(
        of bytes: ByteSlice, _ visit: (_ index: Int, _ run: SparseRun) -> Void
    ) throws(Corruption) {
        var (offset, index) = (headerSize, 0)
        while offset < bytes.count {
            let run = SparseRun(bytes, at: offset)
            guard index + run.count <= registerCount else { throw Corruption() }
            visit(index, run)
            index += run.count
            offset += SparseRun.size(of: bytes[offset])
        }
        guard index == registerCount else { throw Corruption() }
    }
}
