/// What the examination of one log file found.
public struct LogFindings: Equatable, Sendable {
    /// Bytes of the file.
    public internal(set) var size = 0
    /// Bytes of the RDB file at its head; 0 when it has none.
    public internal(set) var headSize = 0
    /// Whether records follow the head.
    public internal(set) var hasRecords = false
    /// Where the last complete record, transaction or batch ends.
    public internal(set) var validEnd = 0
    /// What follows `validEnd`, when that is not the end of the file.
    public internal(set) var problem: LogProblem?
    /// The checksum in the last good batch line.
    public internal(set) var checksum: UInt64?
    /// The log offset at which the file begins, when its first line tells.
    public internal(set) var start: LogOffset?
    /// The log offset at `validEnd`, when a batch line before it tells where it is.
    public internal(set) var end: LogOffset?
    /// Bytes of records before the first batch line, which count as part of the stream.
    public internal(set) var uncounted = 0

    /// - Parameter size: bytes of a file of which nothing else is known.
    public init(size: Int = 0) { self.size = size }

    /// Whether loading it brings anything.
    public var hasContent: Bool { headSize > 0 || hasRecords }
}

/// Why a file cannot be read to its end.
public struct LogProblem: Equatable, Sendable {
    public enum Kind: Equatable, Sendable {
        /// The end of the file was being written when writing ended; it can be cut.
        case torn
        /// What follows was written again in a later file, because this one failed.
        case superseded
        /// Something that had been complete is not any more, and whole records follow.
        case damaged
    }

    public internal(set) var kind: Kind
    /// The byte at fault.
    public internal(set) var offset: Int
    /// What is wrong there, for people.
    public internal(set) var reason: String
    /// Whether zeros stand between what holds and the next sign of life.
    public internal(set) var hasZeros = false
    /// Why an item outside of batches cannot be read, when it is that.
    public internal(set) var error: RecordError?
    /// Where the batch at fault stands, its line included, when it is one whose line can be read.
    public internal(set) var batch: Range<Int>?
}

/// What an examination has just passed.
public enum LogPart: Equatable, Sendable {
    /// A record outside of batches.
    case record
    /// A line outside of batches that is no batch line.
    case annotation
    /// A whole batch; its records stand in the range.
    case batch(BatchLine, Range<Int>)
}
