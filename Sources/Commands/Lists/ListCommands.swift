/// The commands over lists, a file each or a few that are alike.
public enum ListCommands {
    public static let all: [DataCommand] = [
        lpush, rpush, lpushx, rpushx, lpop, rpop, llen, lrange, lindex, lset, linsert, lrem, ltrim,
        lpos, lmove, rpoplpush, lmpop, blpop, brpop, blmove, brpoplpush, blmpop,
    ]
}
