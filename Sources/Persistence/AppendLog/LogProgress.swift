/// What the data thread notes about the way to the disk. Moments are monotonic microseconds.
struct LogProgress {
    /// When the first byte of the pending batch was appended.
    var pendingSince: Int64?
    /// When the oldest byte was appended that was given to the tail and is not durable.
    var unsyncedSince: Int64?
    /// When the sync that is under way beside the writing began.
    var syncStart: Int64?
    var didTellDelay = false
    var delayedSyncs: UInt64 = 0
    /// How long writing, or writing and syncing, has taken of late: a running mean.
    var recentMicroseconds: Int64 = 0
    /// The longest since the server last asked.
    var longest = LogDurations()
    /// When the log thread last came back from a commit.
    var commitEnd: Int64 = 0
    /// When healing is to be tried again.
    var nextHeal: Int64 = 0
    /// When the log failed.
    var failedSince: Int64?
    /// What is before this is wanted to be durable soon.
    var hastened = LogOffset.zero
    /// What is before this is not in memory any more.
    var kept = LogOffset.zero
    /// Bytes that were given away and are not known to be written.
    var givenBytes = 0
    /// Bytes of memory that the tail and its batch took when they were last at home.
    var heldSize = 0
    /// Bytes of the listed files but the one that is written, and of that one.
    var closedSize: UInt64 = 0
    var tailSize: UInt64 = 0
    /// What growth is measured against.
    var sizeAfterRewrite: UInt64 = 0
    var isRemovingHistory = false
    var isHistoryRemoved = false

    /// Adds a measurement.
    mutating func measure(_ microseconds: Int64) {
        recentMicroseconds = (recentMicroseconds * 7 + microseconds) / 8
    }

    /// What is pending goes to the tail.
    mutating func give(_ size: Int) {
        unsyncedSince = unsyncedSince ?? pendingSince
        pendingSince = nil
        givenBytes = size
    }
}

/// How long the log's work on its file took, in microseconds.
public struct LogDurations: Equatable, Sendable {
    public var write: Int64 = 0
    public var sync: Int64 = 0
}
