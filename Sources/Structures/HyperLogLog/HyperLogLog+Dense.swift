import Bytes

// Registers of six bits, one behind the other; the first is in the lowest bits of the first byte.
extension HyperLogLog {
    /// Adds an element to a dense HyperLogLog. Returns whether a register changed.
    public static func add(_ element: ByteSlice, toDense bytes: MutableByteSlice) -> Bool {
        let (index, value) = place(of: element)
        return raise(index, to: value, inDense: bytes)
    }

    /// Raises a register to a value unless it is as high already. Returns whether it changed.
    public static func raise(
        _ index: Int, to value: UInt8, inDense bytes: MutableByteSlice
    ) -> Bool {
        precondition(value < 64)
        let bit = index * registerBits
        let (at, shift) = (headerSize + bit >> 3, UInt16(bit & 7))
        // A register that ends with its byte may be the last one, behind which there is nothing.
        let isWithinByte = shift <= 2
        let pair = UInt16(bytes[at]) | (isWithinByte ? 0 : UInt16(bytes[at + 1]) << 8)
        guard pair >> shift & 63 < UInt16(value) else { return false }
        let changed = pair & ~(63 << shift) | UInt16(value) << shift
        bytes[at] = UInt8(truncatingIfNeeded: changed)
        if !isWithinByte { bytes[at + 1] = UInt8(truncatingIfNeeded: changed >> 8) }
        return true
    }

    /// Makes a sparse HyperLogLog dense. What its header says stays.
    public static func makeDense(_ buffer: inout ByteBuffer) throws(Corruption) {
        var dense = ByteBuffer(capacity: denseSize)
        dense.append(buffer.bytes[..<headerSize])
        dense.append(repeating: 0, count: denseSize - headerSize)
        dense[4] = Encoding.dense.rawValue
        let registers = dense.mutableBytes
        try forEachRun(of: buffer.bytes) { index, run in
            guard run.value > 0 else { return }
            for register in index..<index + run.count {
                _ = raise(register, to: run.value, inDense: registers)
            }
        }
        buffer = dense
    }
}
