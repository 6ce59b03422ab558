/// A string as it is stored, alone or as an element: an integer, or bytes lent until what stores
/// them changes.
@frozen
public enum StringValue {
    case integer(Int64)
    case bytes(ByteSlice)

    /// The value of bytes in their canonical form: an integer wherever its text is one.
    @inlinable
    public init(_ bytes: ByteSlice) {
        if bytes.count <= 20, let integer = bytes.integer {
            self = .integer(integer)
        } else {
            self = .bytes(bytes)
        }
    }

    /// Length of the text in bytes.
    @inlinable
    public var count: Int {
        switch self {
        case .integer(let value): Decimal.digitCount(value.magnitude) + (value < 0 ? 1 : 0)
        case .bytes(let bytes): bytes.count
        }
    }

    /// Appends the text.
    @inlinable
    public func append(to buffer: inout ByteBuffer) {
        switch self {
        case .integer(let value): buffer.append(decimal: value)
        case .bytes(let bytes): buffer.append(bytes)
        }
    }

    /// The text, in the place of the bytes or written into `scratch`, whose contents are dropped.
    @inlinable
    public func text(using scratch: inout ByteBuffer) -> ByteSlice {
        switch self {
        case .integer(let value):
            scratch.removeAll()
            scratch.append(decimal: value)
            return scratch.bytes
        case .bytes(let bytes): return bytes
        }
    }
}

extension StringValue: Equatable {
    /// Whether two values in canonical form have the same text.
    @inlinable
    public static func == (left: StringValue, right: StringValue) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left == right
        default: false
        }
    }
}
