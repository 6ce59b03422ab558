/// RDB files: when they are written, and how.
public struct SnapshotSettings: Sendable {
    public var savePoints = [
        SavePoint(seconds: 3600, changes: 1), SavePoint(seconds: 300, changes: 100),
        SavePoint(seconds: 60, changes: 10000),
    ]
    public var filename = "dump.rdb"
    public var compresses = true
    public var hasChecksum = true
    public var stopsWritesOnError = true
    public var deletesSyncFiles = false
    /// Force the file to the disk in steps while it is written.
    public var fsyncsInSteps = true
    public var sanitization = PayloadSanitization.no
    /// The format's version that the writer uses: 10 (read by Redis 7.0 and later), 11 or 12.
    public var version = 11
    /// Begin no snapshot for which the disk has no room.
    public var checksSpace = true
    /// Percent of the time that slices of a snapshot may take while clients are served.
    public var sliceShare = 3
    /// Bytes of serialised chunks that may wait for the disk.
    public var queueLimit = 16 << 20
    /// Microseconds to wait after each key that is written, for tests; negative waits once in so
    /// many keys.
    public var keySaveDelay = 0
    /// Microseconds to wait after each key that is loaded, for tests.
    public var keyLoadDelay = 0
    /// Bytes loaded between two looks at the clients.
    public var loadingEventsInterval = 2 << 20
}

/// A snapshot is due after `seconds`, if there were at least `changes`.
public struct SavePoint: Sendable, Equatable {
    public let seconds: Int
    public let changes: Int

    public init(seconds: Int, changes: Int) {
        self.seconds = seconds
        self.changes = changes
    }
}

/// Whether values from outside are examined in depth before they are taken in.
public enum PayloadSanitization: String, DirectiveWord { case no, yes, clients }
