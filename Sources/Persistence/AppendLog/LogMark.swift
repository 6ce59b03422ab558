import Bytes
import Platform

/// A place between two batches: in the stream, and in the increment that is being written.
struct LogMark: Equatable, Sendable {
    var offset: LogOffset
    /// Bytes of the file up to here.
    var fileSize: UInt64
    /// The database that a reader of the file has selected here; nothing at a file's start.
    var database: Int?
}

/// A batch of records on its way to the disk.
struct LogBatch: ~Copyable {
    /// Room for the batch line when it has one, then the records.
    var bytes = ByteBuffer()
    var hasLine = false
    /// The log offset behind the batch.
    var end = LogOffset.zero
    /// The database that is selected behind the batch.
    var database: Int?

    var isEmpty: Bool { bytes.isEmpty }

    /// The records, without the batch line.
    var records: ByteSlice { hasLine ? bytes.bytes[BatchLine.size...] : bytes.bytes }

    mutating func removeAll() {
        if bytes.capacity > Self.idleCapacityMax {
            bytes.removeAllAndFree()
        } else {
            bytes.removeAll()
        }
        hasLine = false
    }

    /// Memory that an empty batch may hold on to, in bytes.
    private static let idleCapacityMax = 8 << 20
}

/// Why the log cannot be written, for operators and clients.
public struct LogFailure: Error, Equatable, Sendable {
    /// The error that began it.
    public let error: IOError
    /// Wall clock, milliseconds since 1970.
    public let sinceMilliseconds: Int64
    /// Attempts to write the bytes elsewhere that failed too.
    public var failedAttempts = 0
    /// The error of the last attempt.
    public var lastError: IOError
}

/// How the log is.
public enum LogHealth: Equatable, Sendable {
    case healthy
    /// A write or a sync failed; its bytes are being written to a fresh increment.
    case healing(LogFailure)
    /// Writing elsewhere failed too; it is tried again until it succeeds. Writes are refused.
    case refusing(LogFailure)
}
