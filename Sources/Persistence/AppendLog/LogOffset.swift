/// A place in the stream of everything that was ever appended to the log, in bytes.
///
/// It counts records, the SELECTs put before them and time lines, and goes on over files and
/// restarts; batch lines do not count. A place behind a record stands for the record.
@frozen
public struct LogOffset: Sendable, Hashable {
    public let value: UInt64

    @inlinable public init(_ value: UInt64) { self.value = value }

    public static let zero = LogOffset(0)

    /// The place some bytes later.
    @inlinable public func advanced(by size: Int) -> LogOffset { LogOffset(value + UInt64(size)) }

    /// Bytes from an earlier place to this one.
    @inlinable public func distance(from earlier: LogOffset) -> Int { Int(value - earlier.value) }
}

extension LogOffset: Comparable {
    @inlinable
    public static func < (left: LogOffset, right: LogOffset) -> Bool { left.value < right.value }
}
