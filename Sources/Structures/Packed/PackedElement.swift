import Bytes
import CPlatform

/// The coding of one element of a listpack, as Redis writes it.
///
/// ```
/// 0xxxxxxx                        integer 0 … 127
/// 10xxxxxx  bytes                 string of up to 63 bytes
/// 110xxxxx xxxxxxxx               integer of 13 bits with sign, most significant first
/// 1110xxxx xxxxxxxx  bytes        string of up to 4095 bytes
/// 0xf0  size of 32 bits  bytes    longer string
/// 0xf1 … 0xf4                     integer of 16, 24, 32, 64 bits, least significant first
/// ```
///
/// Behind it stands the size of all that, most significant group of seven bits first, the top bit
/// set in each byte but the first, so that the row can be walked from its end: 1 byte up to 127,
/// 2 up to 16382, and so on.
@frozen
public enum PackedElement {
    /// Bytes that the size behind an element of this size takes.
    @inlinable
    static func trailerSize(_ size: Int) -> Int {
        if size <= 127 { return 1 }
        if size < 16_383 { return 2 }
        if size < 2_097_151 { return 3 }
        return size < 268_435_455 ? 4 : 5
    }

    /// Bytes of an element without its trailer.
    @inlinable
    static func bodySize(_ value: StringValue) -> Int {
        switch value {
        case .integer(let value): integerSize(value)
        case .bytes(let bytes): stringHeadSize(bytes.count) &+ bytes.count
        }
    }

    @inlinable
    static func integerSize(_ value: Int64) -> Int {
        if value >= 0, value <= 127 { return 1 }
        if value >= -4096, value <= 4095 { return 2 }
        if value >= -32768, value <= 32767 { return 3 }
        if value >= -8_388_608, value <= 8_388_607 { return 4 }
        return value >= Int64(Int32.min) && value <= Int64(Int32.max) ? 5 : 9
    }

    @inlinable
    static func stringHeadSize(_ count: Int) -> Int { count < 64 ? 1 : count < 4096 ? 2 : 5 }

    /// Bytes of an element with its trailer.
    @inlinable
    public static func size(_ value: StringValue) -> Int {
        let body = bodySize(value)
        return body &+ trailerSize(body)
    }

    /// Writes an element and returns its size.
    @inlinable
    @discardableResult
    public static func write(_ value: StringValue, to target: UnsafeMutableRawPointer) -> Int {
        let body: Int
        switch value {
        case .integer(let value): body = unsafe write(integer: value, to: target)
        case .bytes(let bytes):
            let head = stringHeadSize(bytes.count)
            unsafe writeHead(bytes.count, to: target)
            unsafe ls_copy(target + head, bytes.start, bytes.count)
            body = head &+ bytes.count
        }
        return unsafe body &+ writeTrailer(body, to: target + body)
    }

    @inlinable
    static func writeHead(_ count: Int, to target: UnsafeMutableRawPointer) {
        if count < 64 {
            unsafe target.storeBytes(of: 0x80 | UInt8(truncatingIfNeeded: count), as: UInt8.self)
        } else if count < 4096 {
            let head = 0xe000 | UInt16(truncatingIfNeeded: count)
            unsafe target.storeBytes(of: head.bigEndian, as: UInt16.self)
        } else {
            unsafe target.storeBytes(of: 0xf0, as: UInt8.self)
            unsafe target.storeBytes(
                of: UInt32(truncatingIfNeeded: count), toByteOffset: 1, as: UInt32.self)
        }
    }

    @inlinable
    static func write(integer value: Int64, to target: UnsafeMutableRawPointer) -> Int {
        let size = integerSize(value)
        switch size {
        case 1: unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        case 2:
            let bits = 0xc000 | (UInt16(truncatingIfNeeded: value) & 0x1fff)
            unsafe target.storeBytes(of: bits.bigEndian, as: UInt16.self)
        case 3:
            unsafe target.storeBytes(of: 0xf1, as: UInt8.self)
            unsafe target.storeBytes(
                of: UInt16(truncatingIfNeeded: value), toByteOffset: 1, as: UInt16.self)
        case 4:
            // The code and three bytes are one word.
            let word = UInt32(truncatingIfNeeded: value) &<< 8 | 0xf2
            unsafe target.storeBytes(of: word, as: UInt32.self)
        case 5:
            unsafe target.storeBytes(of: 0xf3, as: UInt8.self)
            unsafe target.storeBytes(
                of: UInt32(truncatingIfNeeded: value), toByteOffset: 1, as: UInt32.self)
        default:
            unsafe target.storeBytes(of: 0xf4, as: UInt8.self)
            unsafe target.storeBytes(of: value, toByteOffset: 1, as: Int64.self)
        }
        return size
    }

    @inlinable
    static func writeTrailer(_ size: Int, to target: UnsafeMutableRawPointer) -> Int {
        if size <= 127 {
            unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: size), as: UInt8.self)
            return 1
        }
        let groups = trailerSize(size)
        for group in 0..<groups {
            let shift = (groups &- 1 &- group) &* 7
            let bits = UInt8(truncatingIfNeeded: size &>> shift) & 0x7f
            unsafe target.storeBytes(
                of: group == 0 ? bits : bits | 0x80, toByteOffset: group, as: UInt8.self)
        }
        return groups
    }

    // MARK: Reading; the bytes have been written here or verified before

    /// Size of the element at an address with its trailer.
    @inlinable
    public static func size(at element: UnsafeRawPointer) -> Int {
        let body = unsafe bodySize(at: element)
        return body &+ trailerSize(body)
    }

    @inlinable
    static func bodySize(at element: UnsafeRawPointer) -> Int {
        let first = unsafe element.load(as: UInt8.self)
        if first < 0x80 { return 1 }
        if first < 0xc0 { return 1 &+ Int(first & 0x3f) }
        if first < 0xe0 { return 2 }
        if first < 0xf0 {
            let head = unsafe UInt16(bigEndian: element.loadUnaligned(as: UInt16.self))
            return 2 &+ Int(head & 0x0fff)
        }
        switch first {
        case 0xf0:
            return unsafe 5 &+ Int(element.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
        case 0xf1: return 3
        case 0xf2: return 4
        case 0xf3: return 5
        default: return 9
        }
    }

    /// The element at an address, its bytes lent.
    @inlinable
    public static func value(at element: UnsafeRawPointer) -> StringValue {
        let first = unsafe element.load(as: UInt8.self)
        if first < 0x80 { return .integer(Int64(first)) }
        if first < 0xc0 {
            return unsafe .bytes(ByteSlice(start: element + 1, count: Int(first & 0x3f)))
        }
        if first < 0xe0 {
            let head = unsafe UInt16(bigEndian: element.loadUnaligned(as: UInt16.self))
            return .integer(Int64(Int16(bitPattern: head &<< 3) &>> 3))
        }
        if first < 0xf0 {
            let head = unsafe UInt16(bigEndian: element.loadUnaligned(as: UInt16.self))
            return unsafe .bytes(ByteSlice(start: element + 2, count: Int(head & 0x0fff)))
        }
        switch first {
        case 0xf0:
            let count = unsafe Int(element.loadUnaligned(fromByteOffset: 1, as: UInt32.self))
            return unsafe .bytes(ByteSlice(start: element + 5, count: count))
        case 0xf1:
            return unsafe .integer(Int64(element.loadUnaligned(fromByteOffset: 1, as: Int16.self)))
        case 0xf2:
            let word = unsafe element.loadUnaligned(as: Int32.self)
            return .integer(Int64(word &>> 8))
        case 0xf3:
            return unsafe .integer(Int64(element.loadUnaligned(fromByteOffset: 1, as: Int32.self)))
        default:
            return unsafe .integer(element.loadUnaligned(fromByteOffset: 1, as: Int64.self))
        }
    }

    /// Size of the element that ends before an address, with its trailer.
    @inlinable
    public static func size(before end: UnsafeRawPointer) -> Int {
        var size = 0
        var shift = 0
        var trailer = 0
        while true {
            trailer &+= 1
            let byte = unsafe end.load(fromByteOffset: -trailer, as: UInt8.self)
            size |= Int(byte & 0x7f) &<< shift
            if byte & 0x80 == 0 { return size &+ trailer }
            shift &+= 7
        }
    }
}
