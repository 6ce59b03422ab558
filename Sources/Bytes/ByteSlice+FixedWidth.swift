extension ByteSlice {
    /// The fixed-width integer at `offset`, least significant byte first; it need not be aligned.
    @inlinable
    public func littleEndian<Integer: FixedWidthInteger>(
        at offset: Int, as type: Integer.Type
    ) -> Integer {
        precondition(offset >= 0)
        precondition(offset <= count - MemoryLayout<Integer>.size)
        return unsafe Integer(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// The fixed-width integer at `offset`, most significant byte first; it need not be aligned.
    @inlinable
    public func bigEndian<Integer: FixedWidthInteger>(
        at offset: Int, as type: Integer.Type
    ) -> Integer {
        littleEndian(at: offset, as: type).byteSwapped
    }
}
