/// Room on a file system, in bytes.
public struct DiskSpace: Equatable, Sendable {
    /// What a process without privileges can still use.
    public var available: UInt64
    public var total: UInt64

    public init(available: UInt64, total: UInt64) {
        self.available = available
        self.total = total
    }
}
