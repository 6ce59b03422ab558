import CPlatform

// Changes in the middle of what a buffer holds.
extension ByteBuffer {
    /// The bytes in use for being changed in place, valid until the buffer changes otherwise.
    public var mutableBytes: MutableByteSlice {
        mutating get { unsafe MutableByteSlice(start: storage + head, count: count) }
    }

    /// Puts other bytes in the place of a part; what follows moves up or down.
    ///
    /// - Parameter bytes: none of the buffer's own.
    public mutating func replace(_ range: Range<Int>, with bytes: ByteSlice) {
        precondition(range.lowerBound >= 0)
        precondition(range.upperBound <= count)
        let growth = bytes.count - range.count
        if growth > 0 { reserve(growth) }
        let start = unsafe storage + head + range.lowerBound
        unsafe memmove(start + bytes.count, start + range.count, count - range.upperBound)
        unsafe ls_copy(start, bytes.start, bytes.count)
        end += growth
    }
}
