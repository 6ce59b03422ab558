/// The commands over sets, a file each or a few that are alike.
public enum SetCommands {
    public static let all: [DataCommand] = [
        sadd, srem, smove, spop, smembers, sismember, smismember, scard, srandmember, sinter,
        sintercard, sinterstore, sunion, sunionstore, sdiff, sdiffstore, sscan,
    ]
}
