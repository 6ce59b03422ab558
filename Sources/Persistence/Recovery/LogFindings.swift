/// What the examination of one log file found.
struct LogFindings: Equatable, Sendable {
    /// Bytes of the file.
    var size = 0
    /// Bytes of the RDB file at its head; 0 when it has none.
    var headSize = 0
    /// Whether records follow the head.
    var hasRecords = false
    /// Where the last complete record, transaction or batch ends.
    var validEnd = 0
    /// What follows `validEnd`, when that is not the end of the file.
    var problem: LogProblem?
    /// The checksum in the last good batch line.
    var checksum: UInt64?
    /// The log offset at which the file begins, when its first line tells.
    var start: LogOffset?
    /// The log offset at `validEnd`, when a batch line before it tells where it is.
    var end: LogOffset?
    /// Bytes of records before the first batch line, which count as part of the stream.
    var uncounted = 0

    /// Whether loading it brings anything.
    var hasContent: Bool { headSize > 0 || hasRecords }
}

/// Why a file cannot be read to its end.
struct LogProblem: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// The end of the file was being written when writing ended; it can be cut.
        case torn
        /// What follows was written again in a later file, because this one failed.
        case superseded
        /// Something that had been complete is not any more, and whole records follow.
        case damaged
    }

    var kind: Kind
    /// The byte at fault.
    var offset: Int
    /// What is wrong there, for people.
    var reason: String
    /// Whether zeros stand between what holds and the next sign of life.
    var hasZeros = false
}
