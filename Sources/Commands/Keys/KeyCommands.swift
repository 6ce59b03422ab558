/// The commands over keys whatever they hold, and over whole databases.
public enum KeyCommands {
    public static let all: [DataCommand] = [
        del, unlink, exists, touch, type, expire, pexpire, expireat, pexpireat, ttl, pttl,
        expiretime, pexpiretime, persist, rename, renamenx, copy, move, keys, scan, randomkey,
        dbsize, object, flushdb, flushall, swapdb, sort, sortReadOnly,
    ]
}
