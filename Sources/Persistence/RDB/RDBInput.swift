import Bytes

/// A cursor over RDB bytes: lengths, strings and fixed-width numbers.
///
/// Every read is checked against what is left, so no length that the input claims is believed
/// before the bytes are there. What fails carries the number of bytes consumed until then.
public struct RDBInput {
    public let bytes: ByteSlice
    public private(set) var offset: Int
    public var step: RDBError.Step

    public init(_ bytes: ByteSlice, from offset: Int = 0, step: RDBError.Step = .start) {
        precondition(offset >= 0)
        precondition(offset <= bytes.count)
        self.bytes = bytes
        self.offset = offset
        self.step = step
    }

    public var remaining: Int { bytes.count - offset }

    public func failure(_ reason: RDBError.Reason) -> RDBError {
        RDBError(offset: offset, step: step, reason: reason)
    }

    func corrupt(_ text: String) -> RDBError { failure(.corrupt(text)) }

    mutating func byte() throws(RDBError) -> UInt8 {
        guard offset < bytes.count else { throw failure(.endOfInput) }
        defer { offset &+= 1 }
        return bytes[offset]
    }

    mutating func take(_ count: Int) throws(RDBError) -> ByteSlice {
        guard count <= remaining else { throw failure(.endOfInput) }
        defer { offset &+= count }
        return bytes[offset..<offset + count]
    }

    mutating func littleEndian<Integer: FixedWidthInteger>(
        _ type: Integer.Type
    ) throws(RDBError) -> Integer {
        try take(MemoryLayout<Integer>.size).littleEndian(at: 0, as: type)
    }

    mutating func bigEndian<Integer: FixedWidthInteger>(
        _ type: Integer.Type
    ) throws(RDBError) -> Integer {
        try take(MemoryLayout<Integer>.size).bigEndian(at: 0, as: type)
    }
}

extension RDBInput {
    /// A length-coded number that is not a length: an identifier, a count of seconds.
    mutating func number() throws(RDBError) -> UInt64 {
        let first = try byte()
        return try number(after: first)
    }

    private mutating func number(after first: UInt8) throws(RDBError) -> UInt64 {
        switch first >> 6 {
        case 0: return UInt64(first)
        case 1: return UInt64(first & 0x3f) << 8 | UInt64(try byte())
        default:
            if first == 0x80 { return UInt64(try bigEndian(UInt32.self)) }
            if first == 0x81 { return try bigEndian(UInt64.self) }
            throw corrupt("Unknown length encoding \(first >> 6) in rdbLoadLen()")
        }
    }

    /// A length-coded count of things that take at least `size` bytes each.
    mutating func count(ofSizeAtLeast size: Int) throws(RDBError) -> Int {
        let value = try number()
        guard value <= UInt64(remaining / size) else { throw failure(.endOfInput) }
        return Int(value)
    }

    /// The length-coded count of an aggregate's elements, which is at least one.
    mutating func elementCount(ofSizeAtLeast size: Int) throws(RDBError) -> Int {
        let value = try number()
        guard value > 0 else { throw failure(.emptyValue) }
        guard value <= UInt64(remaining / size) else { throw failure(.endOfInput) }
        return Int(value)
    }

    public mutating func string() throws(RDBError) -> RDBString {
        let first = try byte()
        guard first >= 0xc0 else {
            let length = try number(after: first)
            guard length <= UInt64(remaining) else { throw failure(.endOfInput) }
            return .plain(try take(Int(length)))
        }
        switch first {
        case 0xc0: return .integer(Int64(try littleEndian(Int8.self)))
        case 0xc1: return .integer(Int64(try littleEndian(Int16.self)))
        case 0xc2: return .integer(Int64(try littleEndian(Int32.self)))
        case 0xc3:
            let compressedSize = try number()
            let size = try number()
            guard compressedSize <= UInt64(remaining) else { throw failure(.endOfInput) }
            let compressed = try take(Int(compressedSize))
            guard size <= UInt64(Int.max) else { throw corrupt(Self.damagedCompression) }
            return .compressed(compressed, size: Int(size))
        default: throw corrupt("Unknown RDB string encoding type \(first & 0x3f)")
        }
    }

    static var damagedCompression: String { "Invalid LZF compressed string" }

    /// A string's bytes, in the input or in `scratch`, whose former contents are dropped.
    mutating func bytes(using scratch: inout ByteBuffer) throws(RDBError) -> ByteSlice {
        guard let bytes = try string().bytes(using: &scratch) else {
            throw corrupt(Self.damagedCompression)
        }
        return bytes
    }

    mutating func ownedString() throws(RDBError) -> ByteString {
        var scratch = ByteBuffer()
        return ByteString(try bytes(using: &scratch))
    }

    /// The score of a sorted set of version 7 and before: digits after their number, or one of
    /// three bytes for what has no digits.
    mutating func scoreText() throws(RDBError) -> Double {
        switch try byte() {
        case 253: return .nan
        case 254: return .infinity
        case 255: return -.infinity
        case let count:
            let digits = try take(Int(count))
            guard let score = digits.double else { throw corrupt("Zset score is not a number") }
            return score
        }
    }
}
