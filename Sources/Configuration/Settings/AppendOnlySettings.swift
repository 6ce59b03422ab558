/// The append-only log.
public struct AppendOnlySettings: Sendable {
    public var isEnabled = false
    public var filename = "appendonly.aof"
    public var directoryName = "appendonlydir"
    public var fsync = FsyncPolicy.everysec
    public var skipsFsyncOnRewrite = false
    /// Growth in percent after which the log is rewritten; 0 is never.
    public var rewritePercentage = 100
    /// Bytes below which the log is not rewritten for its growth.
    public var rewriteSizeMin = 64 << 20
    public var loadsTruncated = true
    public var usesRDBPreamble = true
    public var hasTimestamps = false
    /// Force the new base to the disk in steps while it is written.
    public var rewriteFsyncsInSteps = true
    public var keepsHistory = false
    /// Guard each batch by a line with its length, its number and a chained checksum.
    public var hasChecksum = true
    /// Seconds for which a log that cannot be written may try to heal under `always`, before the
    /// clients that wait are told.
    public var healTimeout = 60
    public var exitsOnHealTimeout = false
    /// Bytes of all files of the log after which it is rewritten, and growth refused if that does
    /// not help; 0 is no limit.
    public var sizeMax = 0
    /// Bytes of the log's files that are read again in a second, to find damage; 0 is none.
    public var scrubRate = 0
    /// Bytes that may wait to be written and forced to the disk before the data thread waits too.
    public var unsyncedLimit = 256 << 20

    public init() {}
}

/// When the log is forced to the disk.
public enum FsyncPolicy: String, DirectiveWord { case everysec, always, no }
