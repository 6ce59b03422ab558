import Bytes

/// Reads a ziplist, which servers before 7.0 used where later ones use a listpack.
///
/// Four bytes of total size, four of the offset of the last element, two of the element count
/// (65535: not known), all least significant first; the elements; a byte 255. An element is the
/// size of the one before it (one byte, or 254 and four), its encoding and its data. `0b 00 00 00
/// 0a 00 00 00 00 00 ff` is the empty ziplist.
struct ZiplistReader: PackedReader {
    private static let headSize = 10
    private static let unknownCount = 65535

    private let bytes: ByteSlice
    private let end: Int
    private var offset = Self.headSize
    private var lastStart = Self.headSize
    private var lastSize = 0
    private var count = 0

    init(_ bytes: ByteSlice) throws(DamagedEncoding) {
        guard bytes.count > Self.headSize, bytes[bytes.count - 1] == 0xff,
            Int(bytes.littleEndian(at: 0, as: UInt32.self)) == bytes.count
        else { throw DamagedEncoding() }
        self.bytes = bytes
        self.end = bytes.count - 1
    }

    mutating func next() throws(DamagedEncoding) -> PackedElement? {
        if offset == end {
            let claimed = Int(bytes.littleEndian(at: 8, as: UInt16.self))
            guard claimed == count || claimed == Self.unknownCount,
                Int(bytes.littleEndian(at: 4, as: UInt32.self)) == lastStart
            else { throw DamagedEncoding() }
            return nil
        }
        lastStart = offset
        let previous = try take(1)[0]
        guard previous < 255 else { throw DamagedEncoding() }
        let previousSize =
            previous < 254
            ? Int(previous) : Int(try take(4).littleEndian(at: 0, as: UInt32.self))
        guard previousSize == lastSize else { throw DamagedEncoding() }
        let element = try element()
        lastSize = offset - lastStart
        count += 1
        return element
    }

    private mutating func take(_ size: Int) throws(DamagedEncoding) -> ByteSlice {
        guard size <= end - offset else { throw DamagedEncoding() }
        defer { offset += size }
        return bytes[offset..<offset + size]
    }

    private mutating func element() throws(DamagedEncoding) -> PackedElement {
        let first = try take(1)[0]
        switch first {
        case 0x00...0x3f:
            return .text(try take(Int(first)))
        case 0x40...0x7f:
            let size = Int(first & 0x3f) << 8 | Int(try take(1)[0])
            return .text(try take(size))
        case 0x80:
            let size = try take(4).bigEndian(at: 0, as: UInt32.self)
            return .text(try take(Int(size)))
        case 0xc0: return .integer(Int64(try take(2).littleEndian(at: 0, as: Int16.self)))
        case 0xd0: return .integer(Int64(try take(4).littleEndian(at: 0, as: Int32.self)))
        case 0xe0: return .integer(try take(8).littleEndian(at: 0, as: Int64.self))
        case 0xf0:
            let data = try take(3)
            let low = Int32(data.littleEndian(at: 0, as: UInt16.self))
            return .integer(Int64(Int32(Int8(bitPattern: data[2])) << 16 | low))
        case 0xf1...0xfd: return .integer(Int64(first & 0x0f) - 1)
        case 0xfe: return .integer(Int64(Int8(bitPattern: try take(1)[0])))
        default: throw DamagedEncoding()
        }
    }
}
