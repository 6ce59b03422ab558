/// What a client may have and hold.
public struct ClientSettings: Sendable {
    public var countMax = 10000
    /// Bytes of a client's requests that were not executed yet.
    public var queryBufferLimit = 1 << 30
    public var outputBufferLimits = OutputBufferLimits()
    /// Bytes of one argument.
    public var bulkLengthMax = 512 << 20
    public var trackedKeysMax = 1_000_000
    /// Milliseconds after which a script is called slow; 0 is never.
    public var busyReplyThreshold = 5000
}

/// How many bytes of replies may wait for a client of each class.
public struct OutputBufferLimits: Sendable, Equatable {
    public var normal = OutputBufferLimit(hard: 0, soft: 0, softSeconds: 0)
    public var replica = OutputBufferLimit(hard: 256 << 20, soft: 64 << 20, softSeconds: 60)
    public var pubsub = OutputBufferLimit(hard: 32 << 20, soft: 8 << 20, softSeconds: 60)

    public init() {}
}

/// A client is closed above `hard` bytes, or after `softSeconds` above `soft` bytes; 0 is no limit.
public struct OutputBufferLimit: Sendable, Equatable {
    public var hard: Int
    public var soft: Int
    public var softSeconds: Int

    public init(hard: Int, soft: Int, softSeconds: Int) {
        self.hard = hard
        self.soft = soft
        self.softSeconds = softSeconds
    }
}
