/// How much memory may be used, and how it is given back.
public struct MemorySettings: Sendable {
    /// Bytes; 0 is no limit.
    public var max: UInt64 = 0
    public var policy = EvictionPolicy.noeviction
    public var samples = 5
    public var evictionTenacity = 10
    public var clientsMax = MemoryOrPercent.bytes(0)
    public var lfuLogFactor = 10
    /// Minutes.
    public var lfuDecayTime = 1
    public var lazyEviction = false
    public var lazyExpire = false
    public var lazyServerDelete = false
    public var lazyUserDelete = false
    public var lazyUserFlush = false
    public var expireEffort = 1
    public var defragments = false
    public var defragmentationCycleMax = 25
    public var defragmentationCycleMin = 1
    /// Bytes.
    public var defragmentationIgnored = 100 << 20
    public var defragmentationFieldsMax = 1000
    public var defragmentationThresholdLower = 10
    public var defragmentationThresholdUpper = 100
}

/// Which keys make room when memory is full.
public enum EvictionPolicy: String, DirectiveWord {
    case volatileLRU = "volatile-lru"
    case volatileLFU = "volatile-lfu"
    case volatileRandom = "volatile-random"
    case volatileTTL = "volatile-ttl"
    case volatileLRM = "volatile-lrm"
    case allkeysLRU = "allkeys-lru"
    case allkeysLFU = "allkeys-lfu"
    case allkeysRandom = "allkeys-random"
    case allkeysLRM = "allkeys-lrm"
    case noeviction
}

/// An amount of memory, or a share of `maxmemory`.
public enum MemoryOrPercent: Sendable, Equatable {
    case bytes(Int)
    case percent(Int)
}
