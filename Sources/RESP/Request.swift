import Bytes

/// One request as a client sent it.
public struct Request {
    /// Command name and arguments, at least one.
    public let arguments: Slices
    /// The bytes as they came, when they are in the form that the log keeps; else empty.
    public let canonical: ByteSlice

    public init(arguments: Slices, canonical: ByteSlice) {
        self.arguments = arguments
        self.canonical = canonical
    }
}

/// A violation of the protocol. The client is told, then disconnected.
public enum ProtocolError: Error, Equatable, Sendable {
    case tooBigInlineRequest
    case unbalancedQuotes
    case tooBigMultibulkCountText
    case invalidMultibulkLength
    case unauthenticatedMultibulkLength
    case tooBigBulkCountText
    case expectedDollar(UInt8)
    case invalidBulkLength
    case unauthenticatedBulkLength

    /// Appends what stands behind `-ERR Protocol error: `.
    public func append(to target: inout ByteBuffer) {
        switch self {
        case .tooBigInlineRequest: target.append("too big inline request")
        case .unbalancedQuotes: target.append("unbalanced quotes in request")
        case .tooBigMultibulkCountText: target.append("too big mbulk count string")
        case .invalidMultibulkLength: target.append("invalid multibulk length")
        case .unauthenticatedMultibulkLength: target.append("unauthenticated multibulk length")
        case .tooBigBulkCountText: target.append("too big bulk count string")
        case .expectedDollar(let byte):
            target.append("expected '$', got '")
            target.append(byte)
            target.append("'")
        case .invalidBulkLength: target.append("invalid bulk length")
        case .unauthenticatedBulkLength: target.append("unauthenticated bulk length")
        }
    }
}

/// What a client may send; the server fills it from its directives and the client's state.
public struct RequestLimits: Sendable {
    /// `proto-max-bulk-len`, bytes.
    public var bulkCountMax: Int64
    public var isAuthenticated: Bool

    public init(bulkCountMax: Int64, isAuthenticated: Bool) {
        self.bulkCountMax = bulkCountMax
        self.isAuthenticated = isAuthenticated
    }

    static let argumentCountMaxUnauthenticated: Int64 = 10
    static let bulkCountMaxUnauthenticated: Int64 = 16384
    static let argumentCountMax = Int64(Int32.max)
    /// Longest line: an inline request, or a count.
    static let lineCountMax = 64 * 1024
}
