import Bytes

/// The identifier of an entry of a stream: milliseconds and a sequence number, ordered in this
/// order. `0-0` comes before every entry.
@frozen
public struct StreamID: Hashable, Sendable {
    public var milliseconds: UInt64
    public var sequence: UInt64

    @inlinable
    public init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// - Parameter bytes: sixteen, most significant first, as files have them.
    public init(_ bytes: ByteSlice) {
        self.milliseconds = bytes.bigEndian(at: 0, as: UInt64.self)
        self.sequence = bytes.bigEndian(at: 8, as: UInt64.self)
    }

    public static var min: StreamID { StreamID(milliseconds: 0, sequence: 0) }
    public static var max: StreamID { StreamID(milliseconds: .max, sequence: .max) }

    @inlinable public var isZero: Bool { milliseconds | sequence == 0 }

    /// The identifier behind this one; nothing behind the last.
    public var next: StreamID? {
        if sequence < .max {
            return StreamID(milliseconds: milliseconds, sequence: sequence + 1)
        }
        guard milliseconds < .max else { return nil }
        return StreamID(milliseconds: milliseconds + 1, sequence: 0)
    }

    /// The identifier before this one; nothing before the first.
    public var previous: StreamID? {
        if sequence > 0 { return StreamID(milliseconds: milliseconds, sequence: sequence - 1) }
        guard milliseconds > 0 else { return nil }
        return StreamID(milliseconds: milliseconds - 1, sequence: .max)
    }
}

extension StreamID: Comparable {
    @inlinable
    public static func < (left: StreamID, right: StreamID) -> Bool {
        left.milliseconds < right.milliseconds
            || (left.milliseconds == right.milliseconds && left.sequence < right.sequence)
    }
}

extension ByteBuffer {
    /// Appends an identifier as clients read it: `1700000000000-0`.
    public mutating func append(_ id: StreamID) {
        append(decimal: id.milliseconds)
        append(UInt8(ascii: "-"))
        append(decimal: id.sequence)
    }

    /// Appends an identifier as files have it: sixteen bytes, most significant first.
    public mutating func append(bigEndian id: StreamID) {
        append(bigEndian: id.milliseconds)
        append(bigEndian: id.sequence)
    }
}
