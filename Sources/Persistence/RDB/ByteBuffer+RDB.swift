import Bytes

/// The writing half of the format's lengths and strings.
extension ByteBuffer {
    /// Appends a length-coded number in its shortest form.
    mutating func append(rdbNumber value: UInt64) {
        if value < 64 {
            append(UInt8(truncatingIfNeeded: value))
        } else if value < 1 << 14 {
            append(bigEndian: UInt16(truncatingIfNeeded: value) | 0x4000)
        } else if value <= UInt64(UInt32.max) {
            append(0x80 as UInt8)
            append(bigEndian: UInt32(truncatingIfNeeded: value))
        } else {
            append(0x81 as UInt8)
            append(bigEndian: value)
        }
    }

    mutating func append(rdbLength length: Int) { append(rdbNumber: UInt64(length)) }

    /// Appends a string as its length and its bytes.
    mutating func append(rdbPlain text: ByteSlice) {
        append(rdbLength: text.count)
        append(text)
    }

    /// Appends a string that is the decimal form of `value`: as an integer when it fits into 32
    /// bits, otherwise as text.
    mutating func append(rdbInteger value: Int64) {
        if let byte = Int8(exactly: value) {
            append(0xc0 as UInt8)
            append(UInt8(bitPattern: byte))
        } else if let short = Int16(exactly: value) {
            append(0xc1 as UInt8)
            append(littleEndian: short)
        } else if let word = Int32(exactly: value) {
            append(0xc2 as UInt8)
            append(littleEndian: word)
        } else {
            append(UInt8(Decimal.digitCount(value.magnitude) + (value < 0 ? 1 : 0)))
            append(decimal: value)
        }
    }

    /// Appends a string in the form that Redis would choose: an integer, compressed, or plain.
    ///
    /// - Parameter scratch: overwritten.
    mutating func append(
        rdbString text: ByteSlice, compressing: Bool, scratch: inout ByteBuffer
    ) {
        if text.count <= RDBStringForm.integerSizeMax, let value = text.integer,
            Int32(exactly: value) != nil
        {
            append(rdbInteger: value)
        } else if compressing, text.count > RDBStringForm.uncompressedSizeMax {
            append(rdbCompressing: text, scratch: &scratch)
        } else {
            append(rdbPlain: text)
        }
    }

    /// Appends a string compressed, or plain where that would not save four bytes.
    ///
    /// - Parameter scratch: overwritten.
    mutating func append(rdbCompressing text: ByteSlice, scratch: inout ByteBuffer) {
        scratch.removeAll()
        let size = LZF.append(compressing: text, limit: text.count - 4, to: &scratch)
        guard size > 0 else { return append(rdbPlain: text) }
        append(0xc3 as UInt8)
        append(rdbLength: size)
        append(rdbLength: text.count)
        append(scratch.bytes)
    }
}

/// The limits between the forms of a string.
enum RDBStringForm {
    /// The longest decimal form of 32 bits.
    static let integerSizeMax = 11

    /// What is not longer is never compressed.
    static let uncompressedSizeMax = 20
}
