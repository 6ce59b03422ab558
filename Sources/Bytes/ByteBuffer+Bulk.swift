import CPlatform

extension ByteBuffer {
    /// Appends bytes as the protocol's bulk string: `$<count>\r\n<bytes>\r\n`.
    ///
    /// The replies of most commands are rows of these, so the room is asked for once and the lengths
    /// of up to two digits are written without a loop.
    @inlinable
    public mutating func append(bulk bytes: ByteSlice) {
        let count = bytes.count
        reserve(count &+ Decimal.countMax &+ 8)
        // What follows stays within the room that was just reserved.
        var at = unsafe storage + end
        let head = unsafe at
        unsafe at[0] = 0x24
        if count < 10 {
            unsafe at[1] = 0x30 &+ UInt8(truncatingIfNeeded: count)
            unsafe at += 2
        } else if count < 100 {
            unsafe at[1] = 0x30 &+ UInt8(truncatingIfNeeded: count / 10)
            unsafe at[2] = 0x30 &+ UInt8(truncatingIfNeeded: count % 10)
            unsafe at += 3
        } else {
            unsafe at += 1 &+ Decimal.write(Int64(count), to: at + 1)
        }
        unsafe UnsafeMutableRawPointer(at).storeBytes(of: Self.lineEnd, as: UInt16.self)
        unsafe at += 2
        unsafe ls_copy(at, bytes.base, count)
        unsafe at += count
        unsafe UnsafeMutableRawPointer(at).storeBytes(of: Self.lineEnd, as: UInt16.self)
        end &+= unsafe at - head + 2
    }

    /// Appends the digits of an integer as a bulk string.
    public mutating func append(bulk value: Int64) {
        reserve(2 &* Decimal.countMax &+ 8)
        let digits = Decimal.digitCount(value.magnitude) &+ (value < 0 ? 1 : 0)
        var at = unsafe storage + end
        let head = unsafe at
        unsafe at[0] = 0x24
        unsafe at += 1 &+ Decimal.write(Int64(digits), to: at + 1)
        unsafe UnsafeMutableRawPointer(at).storeBytes(of: Self.lineEnd, as: UInt16.self)
        unsafe at += 2
        unsafe at += Decimal.write(value, to: at)
        unsafe UnsafeMutableRawPointer(at).storeBytes(of: Self.lineEnd, as: UInt16.self)
        end &+= unsafe at - head + 2
    }

    /// Carriage return and line feed as a word.
    @inlinable static var lineEnd: UInt16 { UInt16(littleEndian: 0x0a0d) }
}
