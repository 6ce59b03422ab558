import Bytes
import CPlatform

/// The registers of a HyperLogLog, a byte each: what several are merged in.
@safe
public struct HyperLogLogRegisters: ~Copyable {
    private let values: UnsafeMutablePointer<UInt8>
    /// Takes the registers of a dense HyperLogLog on their way.
    private let passing: UnsafeMutablePointer<UInt8>

    public init() {
        unsafe values = .allocate(capacity: HyperLogLog.registerCount)
        unsafe values.initialize(repeating: 0, count: HyperLogLog.registerCount)
        unsafe passing = .allocate(capacity: HyperLogLog.registerCount)
    }

    deinit {
        unsafe values.deallocate()
        unsafe passing.deallocate()
    }

    public subscript(index: Int) -> UInt8 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: HyperLogLog.registerCount))
        return unsafe values[index]
    }

    /// Raises each register to that of a HyperLogLog. After an error the registers are of no use.
    public mutating func merge(_ bytes: ByteSlice) throws(HyperLogLog.Corruption) {
        let count = HyperLogLog.registerCount
        if HyperLogLog.encoding(of: bytes) == .dense {
            let packed = bytes[HyperLogLog.headerSize...]
            unsafe ls_sixes_unpack(passing, packed.start, count)
            unsafe ls_bytes_max(values, passing, count)
            return
        }
        try HyperLogLog.forEachRun(of: bytes) { index, run in
            guard run.value > 0 else { return }
            for register in index..<index + run.count {
                unsafe values[register] = max(values[register], run.value)
            }
        }
    }

    /// How many registers have each value.
    var histogram: HyperLogLogHistogram {
        var histogram = HyperLogLogHistogram()
        unsafe histogram.tally(values, count: HyperLogLog.registerCount)
        return histogram
    }

    /// The estimate of how many different elements the merged ones were given.
    public var cardinality: UInt64 { histogram.cardinality }
}

/// How many registers have each value, from which the number of elements is estimated.
@safe
struct HyperLogLogHistogram: ~Copyable {
    private var counts = InlineArray<64, UInt32>(repeating: 0)

    mutating func add(_ count: Int, of value: UInt8) { counts[Int(value)] += UInt32(count) }

    /// - Parameter values: below 64, a multiple of eight of them.
    mutating func tally(_ values: UnsafePointer<UInt8>, count: Int) {
        var counters = counts.mutableSpan
        unsafe counters.withUnsafeMutableBufferPointer {
            unsafe ls_sixes_tally($0.baseAddress, values, count)
        }
    }

    subscript(value: Int) -> Double { Double(counts[value]) }

    /// The estimator of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog
    /// sketches" (2017), section 4.
    var cardinality: UInt64 {
        let count = Double(HyperLogLog.registerCount)
        let last = HyperLogLog.hashBits + 1
        var sum = count * Self.tau((count - self[last]) / count)
        for value in (1..<last).reversed() {
            sum += self[value]
            sum *= 0.5
        }
        sum += count * Self.sigma(self[0] / count)
        let alpha = 0.721_347_520_444_481_703_680
        let estimate = (alpha * count * count / sum).rounded(.toNearestOrAwayFromZero)
        // Registers that no elements can have made leave nothing to divide by: C's largest.
        return estimate < 0x1p63 ? UInt64(estimate) : 1 << 63
    }

    private static func sigma(_ share: Double) -> Double {
        guard share != 1 else { return .infinity }
        var (power, factor, sum, previous) = (share, 1.0, share, 0.0)
        repeat {
            power *= power
            previous = sum
            sum += power * factor
            factor += factor
        } while previous != sum
        return sum
    }

    private static func tau(_ share: Double) -> Double {
        guard share != 0, share != 1 else { return 0 }
        var (root, factor, sum, previous) = (share, 1.0, 1 - share, 0.0)
        repeat {
            root = root.squareRoot()
            previous = sum
            factor *= 0.5
            sum -= (1 - root) * (1 - root) * factor
        } while previous != sum
        return sum / 3
    }
}

extension HyperLogLog {
    /// The estimate of how many different elements a HyperLogLog was given, from its registers.
    public static func cardinality(of bytes: ByteSlice) throws(Corruption) -> UInt64 {
        if encoding(of: bytes) == .dense {
            var registers = HyperLogLogRegisters()
            try registers.merge(bytes)
            return registers.cardinality
        }
        var histogram = HyperLogLogHistogram()
        try forEachRun(of: bytes) { _, run in histogram.add(run.count, of: run.value) }
        return histogram.cardinality
    }
}
