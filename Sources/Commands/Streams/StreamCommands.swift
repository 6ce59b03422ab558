/// The commands over streams.
public enum StreamCommands {
    public static let all: [DataCommand] = [
        xadd, xlen, xrange, xrevrange, xread, xreadgroup, xdel, xtrim, xsetid, xgroup, xack,
        xpending, xclaim, xautoclaim, xinfo,
    ]
}
