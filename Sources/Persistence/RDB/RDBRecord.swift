import Bytes

/// What stands before a value: its key, its type and what is known about its age.
public struct RDBRecord {
    public let type: RDBType
    public let key: RDBString

    /// Wall clock, milliseconds since 1970; nothing when the key stays.
    public let deadline: Int64?

    /// Seconds since the last use, when the file says it.
    public let idleSeconds: UInt64?

    /// The logarithmic counter of uses, when the file says it.
    public let frequency: UInt8?
}
