import Bytes

/// An element of a listpack or a ziplist.
enum PackedElement {
    case integer(Int64)
    case text(ByteSlice)

    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .text(let bytes): bytes.integer
        }
    }

    /// The element as a score: a number that is not NaN.
    var score: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .text(let bytes): bytes.double
        }
    }

    var string: ByteString {
        switch self {
        case .integer(let value): ByteString(String(value))
        case .text(let bytes): ByteString(bytes)
        }
    }
}

/// The bytes of a nested encoding contradict themselves.
struct DamagedEncoding: Error {}

/// The elements of an encoding that comes from outside, each checked before it is handed out.
protocol PackedReader {
    init(_ bytes: ByteSlice) throws(DamagedEncoding)

    /// The next element; nothing at the end, once the whole has proved consistent.
    mutating func next() throws(DamagedEncoding) -> PackedElement?
}
