import Persistence

/// What the server knows and remembers of snapshot and log: the source of `INFO persistence`.
struct PersistenceState {
    // MARK: Loading

    var loading: LoadingState?
    /// A command loads the data set anew: nobody is served until it is done.
    var isReloading = false
    /// `DEBUG SET-SKIP-CHECKSUM-VALIDATION`.
    var skipsChecksums = false
    var lastLoadKeysLoaded = 0
    var lastLoadKeysExpired = 0

    // MARK: The log

    /// There from the end of loading on; its `phase` tells whether it is on.
    var appendLog: AppendLog?
    /// `DEBUG AOF-FLUSH-SLEEP`: microseconds of rest before the log is written.
    var logRestMicroseconds: Int64 = 0
    var rewriteTrigger = RewriteTrigger()
    var isRewriteScheduled = false
    var sizeLimit = LogSizeLimit()
    var scrub = ScrubState()
    /// Before this a rewrite for which there was no room is not looked at again, in monotonic
    /// microseconds.
    var nextRewriteAttempt: Int64 = 0
    var rewriteBegan: Int64?
    var lastRewriteSeconds: Int64 = -1
    var lastRewriteSucceeded = true
    var rewrites: UInt64 = 0
    /// The log's count of delayed syncs when statistics were last reset.
    var delayedSyncsBefore: UInt64 = 0

    // MARK: Snapshots

    /// The snapshot under way, for a dump or for a rewrite of the log.
    var snapshot: RunningSnapshot?
    var snapshotPace = SnapshotPace(share: 1, now: 0)
    var isSaveScheduled = false
    /// Changes of the data set since the last successful save.
    var changesSinceSave = 0
    /// Unix seconds; the start of the server before the first save.
    var lastSave: Int64 = 0
    var lastSaveAttempt: Int64 = 0
    var lastSaveSucceeded = true
    var lastSaveSeconds: Int64 = -1
    var saves: UInt64 = 0
    var consecutiveSaveFailures: UInt64 = 0
    /// How large the next one will be, and whether there was room for the last.
    var estimate = SnapshotEstimate()
    var diskBudget = DiskBudget()
    /// The last file that was read back and found right: Unix milliseconds, and which it was.
    var lastVerified: (milliseconds: Int64, path: String)?
}

/// A data set that is being loaded.
struct LoadingState {
    /// Unix seconds.
    var began: Int64
    var totalBytes: UInt64
    var loadedBytes: UInt64 = 0
    /// From the file's own notes; 0 when it has none.
    var usedMemory: UInt64 = 0

    /// Seconds left, if it goes on like this.
    func secondsLeft(at now: Int64) -> Int64 {
        let elapsed = now - began
        guard elapsed > 0 else { return 1 }
        let rest = totalBytes > loadedBytes ? totalBytes - loadedBytes : 0
        return Int64(Double(elapsed) * Double(rest) / Double(loadedBytes + 1))
    }
}

/// A snapshot under way and what it is for.
struct RunningSnapshot {
    enum Purpose { case save, rewrite }

    let purpose: Purpose
    let snapshot: Snapshot
    /// Changes that it covers.
    let changes: Int
    /// Unix seconds.
    let began: Int64
    /// Where the finished file is, when the log is to take it over.
    let path: String
    let isRDB: Bool
    /// Whether the log has given the rewrite up: nobody waits for the file any more.
    var isUnwanted = false
}
