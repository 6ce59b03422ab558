import Bytes

/// Reads a listpack.
///
/// Four bytes of total size and two of the element count (65535: not known), both least significant
/// first; the elements; a byte 255. An element is its encoding, its data, and the size of both,
/// most significant group of seven bits first, the top bit set in all bytes but the first. `07 00
/// 00 00 00 00 ff` is the empty listpack; `09 00 00 00 01 00 05 01 ff` holds a 5.
struct ListpackReader: PackedReader {
    private static let headSize = 6
    private static let unknownCount = 65535

    private let bytes: ByteSlice
    private let end: Int
    private var offset = Self.headSize
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
            let claimed = Int(bytes.littleEndian(at: 4, as: UInt16.self))
            guard claimed == count || claimed == Self.unknownCount else { throw DamagedEncoding() }
            return nil
        }
        let start = offset
        let element = try element()
        try skipBackwardSize(of: offset - start)
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
        case 0x00...0x7f:
            return .integer(Int64(first))
        case 0x80...0xbf:
            return .text(try take(Int(first & 0x3f)))
        case 0xc0...0xdf:
            let value = Int64(first & 0x1f) << 8 | Int64(try take(1)[0])
            return .integer(value < 4096 ? value : value - 8192)
        case 0xe0...0xef:
            let size = Int(first & 0x0f) << 8 | Int(try take(1)[0])
            return .text(try take(size))
        case 0xf0:
            let size = try take(4).littleEndian(at: 0, as: UInt32.self)
            return .text(try take(Int(size)))
        case 0xf1: return .integer(Int64(try take(2).littleEndian(at: 0, as: Int16.self)))
        case 0xf2:
            let data = try take(3)
            let low = Int32(data.littleEndian(at: 0, as: UInt16.self))
            return .integer(Int64(Int32(Int8(bitPattern: data[2])) << 16 | low))
        case 0xf3: return .integer(Int64(try take(4).littleEndian(at: 0, as: Int32.self)))
        case 0xf4: return .integer(try take(8).littleEndian(at: 0, as: Int64.self))
        default: throw DamagedEncoding()
        }
    }

    private mutating func skipBackwardSize(of size: Int) throws(DamagedEncoding) {
        let groups: Int
        switch size {
        case ...127: groups = 1
        case ..<16_383: groups = 2
        case ..<2_097_151: groups = 3
        case ..<268_435_455: groups = 4
        default: groups = 5
        }
        let data = try take(groups)
        for group in 0..<groups {
            let bits = UInt8(truncatingIfNeeded: size >> ((groups - 1 - group) * 7)) & 0x7f
            guard data[group] == (group == 0 ? bits : bits | 0x80) else { throw DamagedEncoding() }
        }
    }
}
