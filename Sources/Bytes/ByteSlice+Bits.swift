import CPlatform

// A run of bytes as a row of bits: bit 0 is the most significant one of the first byte.
extension ByteSlice {
    /// The number of bits that are set.
    public var bitCount: Int { unsafe Int(ls_bits_count(start, count)) }

    /// A bit; what lies behind the end is clear.
    public func bit(at offset: Int) -> Bool {
        let index = offset >> 3
        guard index < count else { return false }
        return self[index] & 0x80 >> UInt8(offset & 7) != 0
    }

    /// The offset of the first bit that is set, or of the first that is clear.
    public func firstBit(_ wanted: Bool) -> Int? {
        // Where all bits are as they are not wanted, this is the word.
        let skipped: UInt64 = wanted ? 0 : .max
        var offset = 0
        while offset &+ 32 <= count {
            let first = word(at: offset) ^ skipped
            let second = word(at: offset &+ 8) ^ skipped
            let third = word(at: offset &+ 16) ^ skipped
            let fourth = word(at: offset &+ 24) ^ skipped
            if first | second | third | fourth != 0 { break }
            offset &+= 32
        }
        while offset &+ 8 <= count {
            let found = word(at: offset) ^ skipped
            if found != 0 { return offset * 8 + found.byteSwapped.leadingZeroBitCount }
            offset &+= 8
        }
        while offset < count {
            let found = self[offset] ^ UInt8(truncatingIfNeeded: skipped)
            if found != 0 { return offset * 8 + found.leadingZeroBitCount }
            offset &+= 1
        }
        return nil
    }

    /// Eight bytes as they lie in memory on a little-endian machine; they are within the slice.
    private func word(at offset: Int) -> UInt64 {
        unsafe UInt64(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// Up to 64 bits as a number, the first of them the most significant; what lies behind the end
    /// is clear.
    public func bits(at offset: Int, count width: Int) -> UInt64 {
        precondition(width > 0)
        precondition(width <= 64)
        let (first, last) = (offset >> 3, (offset + width - 1) >> 3)
        var gathered: UInt128 = 0
        for index in first...last {
            gathered = gathered << 8 | UInt128(index < count ? self[index] : 0)
        }
        let below = (last + 1) * 8 - (offset + width)
        let mask = UInt64.max >> UInt64(64 - width)
        return UInt64(truncatingIfNeeded: gathered >> UInt128(below)) & mask
    }
}

extension MutableByteSlice {
    /// Sets or clears a bit.
    public func setBit(at offset: Int, to value: Bool) {
        let mask: UInt8 = 0x80 >> UInt8(offset & 7)
        let index = offset >> 3
        self[index] = value ? self[index] | mask : self[index] & ~mask
    }

    /// Stores the lowest bits of a number, up to 64 of them.
    public func setBits(at offset: Int, count width: Int, to value: UInt64) {
        precondition(width > 0)
        precondition(width <= 64)
        let (first, last) = (offset >> 3, (offset + width - 1) >> 3)
        let below = UInt128((last + 1) * 8 - (offset + width))
        let mask = UInt64.max >> UInt64(64 - width)
        var placed = UInt128(value & mask) << below
        var kept = ~(UInt128(mask) << below)
        for index in (first...last).reversed() {
            self[index] =
                self[index] & UInt8(truncatingIfNeeded: kept) | UInt8(truncatingIfNeeded: placed)
            placed >>= 8
            kept >>= 8
        }
    }
}

/// What is done to two rows of bits, place by place.
public enum BitOperation: Sendable { case and, or, xor, not }

extension MutableByteSlice {
    /// Combines the row with another one, which counts as clear bits where it is shorter. `not`
    /// takes the other row alone, which is as long.
    ///
    /// - Parameter other: does not overlap these bytes.
    public func combine(with other: ByteSlice, by operation: BitOperation) {
        precondition(other.count <= count)
        let source = unsafe other.base
        switch operation {
        case .and:
            unsafe ls_bits_and(base, source, other.count)
            self[other.count..<count].clear()
        case .or: unsafe ls_bits_or(base, source, other.count)
        case .xor: unsafe ls_bits_xor(base, source, other.count)
        case .not:
            precondition(other.count == count)
            unsafe ls_bits_not(base, source, count)
        }
    }
}
