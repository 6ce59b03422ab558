import Bytes

/// Reads a zipmap, the first compact form of a hash (servers before 2.6).
///
/// A byte with the number of pairs (254: not known); per pair the field's length and bytes, the
/// value's length, a byte that counts unused bytes, the value, the unused bytes; a byte 255. A
/// length is one byte below 254, or 254 and four bytes. `01 01 61 01 00 62 ff` maps a to b.
struct ZipmapReader {
    private let bytes: ByteSlice
    private var offset = 1
    private var count = 0

    init(_ bytes: ByteSlice) throws(DamagedEncoding) {
        guard bytes.count >= 2, bytes[bytes.count - 1] == 0xff else { throw DamagedEncoding() }
        self.bytes = bytes
    }

    mutating func next() throws(DamagedEncoding) -> (field: ByteSlice, value: ByteSlice)? {
        if offset == bytes.count - 1 {
            let claimed = Int(bytes[0])
            guard count > 0, claimed == count || claimed >= 254 else { throw DamagedEncoding() }
            return nil
        }
        let field = try take(try length())
        let size = try length()
        let unused = try take(1)[0]
        let value = try take(size)
        _ = try take(Int(unused))
        count += 1
        return (field, value)
    }

    private mutating func length() throws(DamagedEncoding) -> Int {
        let first = try take(1)[0]
        guard first < 255 else { throw DamagedEncoding() }
        guard first == 254 else { return Int(first) }
        return Int(try take(4).littleEndian(at: 0, as: UInt32.self))
    }

    private mutating func take(_ size: Int) throws(DamagedEncoding) -> ByteSlice {
        guard size <= bytes.count - 1 - offset else { throw DamagedEncoding() }
        defer { offset += size }
        return bytes[offset..<offset + size]
    }
}
