import Bytes

/// What `PFSELFTEST` checks: that registers keep what they are given beside their neighbours, that
/// both encodings agree, and that estimates are within six times the standard error.
public struct HyperLogLogSelfTest {
    private static let elementsMax = 10_000
    private static let sparseElementsMax = 1000
    /// The standard error of 16 384 registers is 1.04 / 128.
    private static let errorMax = 6 * 1.04 / 128

    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// What is wrong, or nothing.
    public mutating func failure() -> String? {
        keepsRegisters() ?? estimates()
    }

    private mutating func random() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }

    private mutating func keepsRegisters() -> String? {
        var buffer = ByteBuffer(capacity: HyperLogLog.denseSize)
        HyperLogLog.appendEmpty(to: &buffer)
        var expected = [UInt8](repeating: 0, count: HyperLogLog.registerCount)
        do {
            try HyperLogLog.makeDense(&buffer)
            for _ in 0..<HyperLogLog.registerCount * 2 {
                let draw = random()
                let index = Int(draw >> 40) % HyperLogLog.registerCount
                let value = UInt8(draw & 63)
                let changes = HyperLogLog.raise(index, to: value, inDense: buffer.mutableBytes)
                guard changes == (value > expected[index]) else { return "Register is not raised" }
                expected[index] = max(expected[index], value)
            }
            var registers = HyperLogLogRegisters()
            try registers.merge(buffer.bytes)
            for index in expected.indices where registers[index] != expected[index] {
                return "Register \(index) should be \(expected[index]) but is \(registers[index])"
            }
        } catch {
            return "Registers are not sparse runs"
        }
        return nil
    }

    private mutating func estimates() -> String? {
        var dense = ByteBuffer(capacity: HyperLogLog.denseSize)
        var sparse = ByteBuffer(capacity: HyperLogLog.denseSize)
        HyperLogLog.appendEmpty(to: &dense)
        HyperLogLog.appendEmpty(to: &sparse)
        var element = ByteBuffer(capacity: 8)
        var checkpoint = 1
        do {
            try HyperLogLog.makeDense(&dense)
            for count in 1...Self.elementsMax {
                element.removeAll()
                element.append(littleEndian: random())
                _ = HyperLogLog.add(element.bytes, toDense: dense.mutableBytes)
                if count <= Self.sparseElementsMax {
                    _ = try HyperLogLog.add(
                        element.bytes, to: &sparse, sparseSizeMax: HyperLogLog.denseSize)
                }
                guard count == checkpoint else { continue }
                checkpoint *= 10
                let estimate = try HyperLogLog.cardinality(of: dense.bytes)
                let error = (Double(estimate) - Double(count)).magnitude
                guard error <= (Self.errorMax * Double(count)).rounded(.up) else {
                    return "Too big error. card:\(count) estimate:\(estimate)"
                }
                if count <= Self.sparseElementsMax,
                    try HyperLogLog.cardinality(of: sparse.bytes) != estimate
                {
                    return "Encodings disagree at \(count) elements"
                }
            }
        } catch {
            return "Sparse runs do not make up the registers"
        }
        return nil
    }
}
