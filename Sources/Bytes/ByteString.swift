/// An owned, immutable run of bytes: names, configuration values, what outlives a request.
///
/// For the paths that are not hot; a key or a value of the data set never is one.
public struct ByteString: Sendable, Hashable {
    public let array: [UInt8]

    public init(_ array: [UInt8]) { self.array = array }
    public init(_ text: String) { self.array = Array(text.utf8) }
    public init(_ slice: ByteSlice) { self.array = slice.array }

    public var count: Int { array.count }
    public var isEmpty: Bool { array.isEmpty }

    /// The bytes as text for messages; what is not UTF-8 is replaced.
    public var text: String { String(decoding: array, as: UTF8.self) }

    /// Lends the bytes for the time of a call.
    @inlinable
    public func withSlice<Result, Failure: Error>(
        _ body: (ByteSlice) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try array.withSlice(body)
    }
}

extension ByteString: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension ByteString: Comparable {
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.array.lexicographicallyPrecedes(right.array)
    }
}

extension [UInt8] {
    /// Lends the bytes for the time of a call.
    @inlinable
    public func withSlice<Result, Failure: Error>(
        _ body: (ByteSlice) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeBufferPointer { bytes throws(Failure) -> Result in
            guard let start = bytes.baseAddress else { return try body(.empty) }
            return unsafe try body(ByteSlice(start: start, count: bytes.count))
        }
    }
}

extension String {
    /// Lends the UTF-8 of the text for the time of a call.
    public func withSlice<Result, Failure: Error>(
        _ body: (ByteSlice) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try Array(utf8).withSlice(body)
    }
}
