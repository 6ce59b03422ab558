/// The commands over sorted sets.
public enum SortedSetCommands {
    static let all: [DataCommand] = [
        zadd, zincrby, zrem, zcard, zscore, zmscore, zcount, zlexcount, zrank, zrevrank, zrange,
        zrangestore, zrevrange, zrangebyscore, zrevrangebyscore, zrangebylex, zrevrangebylex,
        zremrangebyrank, zremrangebyscore, zremrangebylex, zpopmin, zpopmax, zmpop, bzpopmin,
        bzpopmax, bzmpop, zrandmember, zunion, zinter, zdiff, zunionstore, zinterstore, zdiffstore,
        zintercard, zscan,
    ]
}
