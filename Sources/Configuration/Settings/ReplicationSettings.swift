import Bytes

/// Copies of the data set on other servers.
public struct ReplicationSettings: Sendable {
    public var master: MasterAddress?
    public var masterUser: ByteString = ""
    public var masterPassword: ByteString = ""
    public var servesStaleData = true
    public var isReadOnly = true
    public var flushesLazily = false
    public var ignoresMaxmemory = true
    public var ignoresDiskErrors = false
    public var priority = 100
    public var isAnnounced = true
    public var announcedAddress = ""
    public var announcedPort = 0
    public var syncsDiskless = true
    /// Seconds.
    public var disklessDelay = 5
    public var disklessReplicasMax = 0
    public var disklessLoad = DisklessLoad.disabled
    /// Seconds.
    public var pingPeriod = 10
    /// Seconds.
    public var timeout = 60
    public var disablesNoDelay = false
    /// Bytes.
    public var backlogSize = 1 << 20
    /// Seconds.
    public var backlogLifetime = 3600
    public var replicasToWriteMin = 0
    /// Seconds.
    public var replicaLagMax = 10
}

/// Where the master of a replica is.
public struct MasterAddress: Sendable, Equatable {
    public let host: String
    public let port: Int
}

/// Whether a replica loads what it receives without a file in between.
public enum DisklessLoad: String, DirectiveWord {
    case disabled
    case onEmptyDatabase = "on-empty-db"
    case swapDatabase = "swapdb"
}
