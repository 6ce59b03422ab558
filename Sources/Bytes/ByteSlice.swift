import CPlatform

/// A borrowed run of bytes: an argument of a request, a key, a part of a buffer.
///
/// A slice is two words and owns nothing. It is valid as long as what it was taken from is neither
/// changed nor freed: an argument until its command returns, a value until the keyspace changes.
/// It is never stored; what has to outlive the call is copied into a `ByteString` or `ByteBuffer`.
/// Why this is not `RawSpan` stands in `docs/decisions/0001-borrowed-slices.md`.
@safe
@frozen
public struct ByteSlice {
    @usableFromInline let base: UnsafePointer<UInt8>
    public let count: Int

    @inlinable
    public init(start: UnsafeRawPointer, count: Int) {
        unsafe self.base = start.assumingMemoryBound(to: UInt8.self)
        self.count = count
    }

    /// The bytes of a literal; they live as long as the program.
    @inlinable
    public init(_ literal: StaticString) {
        unsafe self.base = literal.utf8Start
        self.count = literal.utf8CodeUnitCount
    }

    public static var empty: ByteSlice { ByteSlice("") }

    @inlinable public var isEmpty: Bool { count == 0 }

    /// The address of the first byte, for the rooms that may handle addresses.
    @inlinable public var start: UnsafeRawPointer { unsafe UnsafeRawPointer(base) }

    @inlinable
    public subscript(index: Int) -> UInt8 {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        return unsafe base[index]
    }

    @inlinable
    public subscript(range: Range<Int>) -> ByteSlice {
        precondition(range.lowerBound >= 0)
        precondition(range.upperBound <= count)
        return unsafe ByteSlice(start: base + range.lowerBound, count: range.count)
    }

    @inlinable public subscript(range: PartialRangeFrom<Int>) -> ByteSlice {
        self[range.lowerBound..<count]
    }

    @inlinable public subscript(range: PartialRangeUpTo<Int>) -> ByteSlice {
        self[0..<range.upperBound]
    }

    @inlinable public var last: UInt8? { count == 0 ? nil : self[count - 1] }
    @inlinable public var first: UInt8? { count == 0 ? nil : self[0] }
}

extension ByteSlice: Equatable {
    @inlinable
    public static func == (left: ByteSlice, right: ByteSlice) -> Bool {
        unsafe left.count == right.count && ls_equal(left.base, right.base, left.count) != 0
    }

    @inlinable
    public static func == (left: ByteSlice, right: StaticString) -> Bool {
        left == ByteSlice(right)
    }
}

extension ByteSlice {
    /// Whether both slices are the same bytes in the same place.
    @inlinable
    public func isSamePlace(as other: ByteSlice) -> Bool {
        unsafe base == other.base && count == other.count
    }
}

extension ByteSlice: Comparable {
    /// Bytewise order, the shorter first among equals: Redis's order of members and elements.
    public static func < (left: ByteSlice, right: ByteSlice) -> Bool { left.compare(right) < 0 }

    /// Negative, zero or positive, as `memcmp` with the shorter run first.
    public func compare(_ other: ByteSlice) -> Int {
        let order = unsafe memcmp(base, other.base, min(count, other.count))
        return order != 0 ? Int(order) : count - other.count
    }
}

extension ByteSlice {
    @inlinable
    public func hasPrefix(_ prefix: ByteSlice) -> Bool {
        count >= prefix.count && self[..<prefix.count] == prefix
    }

    /// Whether the bytes spell a word, letters compared without regard to case.
    ///
    /// - Parameter word: ASCII in lower case.
    @inlinable
    public func isWord(_ word: StaticString) -> Bool { isWord(ByteSlice(word)) }

    @inlinable
    public func isWord(_ word: ByteSlice) -> Bool {
        guard count == word.count else { return false }
        for index in 0..<count {
            guard unsafe base[index].asciiLowercased == word.base[index].asciiLowercased else {
                return false
            }
        }
        return true
    }

    public func firstIndex(of byte: UInt8) -> Int? {
        for index in 0..<count where unsafe base[index] == byte { return index }
        return nil
    }

    public func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        var index = start
        while index < count {
            if unsafe base[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The bytes before the first zero byte: what C takes for the string.
    public var untilZero: ByteSlice { self[..<(firstIndex(of: 0) ?? count)] }

    /// The bytes as text for messages; what is not UTF-8 is replaced.
    public var text: String {
        unsafe String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self)
    }

    /// An owned copy.
    public var array: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: base, count: count))
    }

    @inlinable
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        unsafe body(UnsafeRawBufferPointer(start: base, count: count))
    }
}

extension UInt8 {
    @inlinable public var asciiLowercased: UInt8 {
        self &- 0x41 < 26 ? self | 0x20 : self
    }

    @inlinable public var isASCIIDigit: Bool { self &- 0x30 < 10 }

    /// C's `isspace`.
    @inlinable public var isASCIISpace: Bool { self == 0x20 || self &- 0x09 < 5 }
}
