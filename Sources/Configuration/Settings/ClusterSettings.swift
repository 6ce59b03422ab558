/// One keyspace over several servers.
public struct ClusterSettings: Sendable {
    public var isEnabled = false
    public var configFile = "nodes.conf"
    /// Milliseconds.
    public var nodeTimeout = 15000
    /// 0 is the client port plus 10000.
    public var port = 0
    public var announcedAddress = ""
    public var announcedHostname = ""
    public var announcedNodeName = ""
    public var announcedPort = 0
    public var announcedTLSPort = 0
    public var announcedBusPort = 0
    public var preferredEndpoint = EndpointKind.address
    public var requiresFullCoverage = true
    public var allowsReadsWhenDown = false
    public var allowsShardedPubsubWhenDown = true
    public var allowsReplicaMigration = true
    public var migrationBarrier = 1
    public var replicaValidityFactor = 10
    public var forbidsFailover = false
    /// Bytes; 0 is no limit.
    public var linkBufferLimit: UInt64 = 0
    /// Milliseconds; 0 is the built-in interval.
    public var pingInterval = 0
}

/// What clients are told to connect to.
public enum EndpointKind: String, DirectiveWord {
    case address = "ip"
    case hostname
    case unknown = "unknown-endpoint"
}
