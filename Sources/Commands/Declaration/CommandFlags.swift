/// What dispatch has to know of a command: the flags of `COMMAND INFO`, by Redis's names.
public struct CommandFlags: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let write = CommandFlags(rawValue: 1 << 0)
    public static let readOnly = CommandFlags(rawValue: 1 << 1)
    /// Refused when memory is short.
    public static let denyOOM = CommandFlags(rawValue: 1 << 2)
    public static let admin = CommandFlags(rawValue: 1 << 3)
    public static let pubSub = CommandFlags(rawValue: 1 << 4)
    public static let noScript = CommandFlags(rawValue: 1 << 5)
    public static let blocking = CommandFlags(rawValue: 1 << 6)
    public static let loading = CommandFlags(rawValue: 1 << 7)
    public static let stale = CommandFlags(rawValue: 1 << 8)
    public static let skipMonitor = CommandFlags(rawValue: 1 << 9)
    public static let skipSlowLog = CommandFlags(rawValue: 1 << 10)
    public static let asking = CommandFlags(rawValue: 1 << 11)
    public static let fast = CommandFlags(rawValue: 1 << 12)
    public static let noAuth = CommandFlags(rawValue: 1 << 13)
    /// Held by a pause of writes. Clients are not told of it.
    public static let mayReplicate = CommandFlags(rawValue: 1 << 14)
    public static let noAsyncLoading = CommandFlags(rawValue: 1 << 15)
    public static let noMulti = CommandFlags(rawValue: 1 << 16)
    public static let movableKeys = CommandFlags(rawValue: 1 << 17)
    public static let allowBusy = CommandFlags(rawValue: 1 << 18)
    public static let noMandatoryKeys = CommandFlags(rawValue: 1 << 19)
    public static let protected = CommandFlags(rawValue: 1 << 20)
    public static let sentinel = CommandFlags(rawValue: 1 << 21)
    public static let onlySentinel = CommandFlags(rawValue: 1 << 22)

    /// In the order in which `COMMAND INFO` lists them.
    public static let names: [(flag: CommandFlags, name: StaticString)] = [
        (.write, "write"), (.readOnly, "readonly"), (.denyOOM, "denyoom"), (.admin, "admin"),
        (.pubSub, "pubsub"), (.noScript, "noscript"), (.blocking, "blocking"),
        (.loading, "loading"), (.stale, "stale"), (.skipMonitor, "skip_monitor"),
        (.skipSlowLog, "skip_slowlog"), (.asking, "asking"), (.fast, "fast"),
        (.noAuth, "no_auth"),
        (.noMandatoryKeys, "no_mandatory_keys"), (.noAsyncLoading, "no_async_loading"),
        (.noMulti, "no_multi"), (.movableKeys, "movablekeys"), (.allowBusy, "allow_busy"),
    ]
}

/// Categories for access control (`ACL CAT`), by Redis's names. Those that follow from the flags
/// are added by `CommandDeclaration.categories`.
public struct CommandCategories: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let keyspace = CommandCategories(rawValue: 1 << 0)
    public static let read = CommandCategories(rawValue: 1 << 1)
    public static let write = CommandCategories(rawValue: 1 << 2)
    public static let set = CommandCategories(rawValue: 1 << 3)
    public static let sortedSet = CommandCategories(rawValue: 1 << 4)
    public static let list = CommandCategories(rawValue: 1 << 5)
    public static let hash = CommandCategories(rawValue: 1 << 6)
    public static let string = CommandCategories(rawValue: 1 << 7)
    public static let bitmap = CommandCategories(rawValue: 1 << 8)
    public static let hyperLogLog = CommandCategories(rawValue: 1 << 9)
    public static let geo = CommandCategories(rawValue: 1 << 10)
    public static let stream = CommandCategories(rawValue: 1 << 11)
    public static let pubSub = CommandCategories(rawValue: 1 << 12)
    public static let admin = CommandCategories(rawValue: 1 << 13)
    public static let fast = CommandCategories(rawValue: 1 << 14)
    public static let slow = CommandCategories(rawValue: 1 << 15)
    public static let blocking = CommandCategories(rawValue: 1 << 16)
    public static let dangerous = CommandCategories(rawValue: 1 << 17)
    public static let connection = CommandCategories(rawValue: 1 << 18)
    public static let transaction = CommandCategories(rawValue: 1 << 19)
    public static let scripting = CommandCategories(rawValue: 1 << 20)

    /// In the order in which Redis lists them.
    public static let names: [(category: CommandCategories, name: StaticString)] = [
        (.keyspace, "keyspace"), (.read, "read"), (.write, "write"), (.set, "set"),
        (.sortedSet, "sortedset"), (.list, "list"), (.hash, "hash"), (.string, "string"),
        (.bitmap, "bitmap"), (.hyperLogLog, "hyperloglog"), (.geo, "geo"), (.stream, "stream"),
        (.pubSub, "pubsub"), (.admin, "admin"), (.fast, "fast"), (.slow, "slow"),
        (.blocking, "blocking"), (.dangerous, "dangerous"), (.connection, "connection"),
        (.transaction, "transaction"), (.scripting, "scripting"),
    ]
}
