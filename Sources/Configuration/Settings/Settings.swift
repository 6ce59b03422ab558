/// Everything that can be configured, as one plain value, grouped by subject.
///
/// A fresh value holds the defaults. `Directive` joins each place in it to a name, a type and a
/// rule for changes; what reads files and answers `CONFIG` derives from that. A change is made on a
/// copy, so a rollback is an assignment.
///
/// The value is large: rooms with a fast path copy the few fields that they need and are told of
/// changes by the server.
public struct Settings: Sendable {
    public var network = NetworkSettings()
    public var process = ProcessSettings()
    public var storage = StorageSettings()
    public var snapshot = SnapshotSettings()
    public var appendOnly = AppendOnlySettings()
    public var memory = MemorySettings()
    public var clients = ClientSettings()
    public var security = SecuritySettings()
    public var logging = LoggingSettings()
    public var monitoring = MonitoringSettings()
    public var encodings = EncodingSettings()
    public var replication = ReplicationSettings()
    public var cluster = ClusterSettings()
    public var tls = TLSSettings()

    public init() {}
}
