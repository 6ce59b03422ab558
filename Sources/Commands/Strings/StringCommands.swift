/// The commands over strings, a file each or a few that are alike.
public enum StringCommands {
    public static let all: [DataCommand] = [
        get, set, setex, psetex, setnx, getset, getdel, getex, mget, mset, msetnx, incr, decr,
        incrby, decrby, incrbyfloat, append, strlen, setrange, getrange, substr, lcs,
        digest, delex, delifeq, msetex,
    ]
}
