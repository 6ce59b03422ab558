/// Where the server listens, and how it treats its connections.
public struct NetworkSettings: Sendable {
    public static let bindCountMax = 16

    /// Addresses to listen on; `*` and `::*` are every address, a leading `-` makes one optional.
    public var bind = ["*", "-::*"]
    public var bindSourceAddress = ""
    /// 0 listens on no TCP port.
    public var port = 6379
    public var backlog = 511
    /// Path; empty listens on no Unix socket.
    public var unixSocket = ""
    /// Mode bits of the Unix socket; 0 leaves them to the umask.
    public var unixSocketPermissions = 0
    /// Seconds after which an idle client is closed; 0 is never.
    public var timeout = 0
    /// Seconds between probes of a silent connection; 0 sends none.
    public var keepAlive = 300
    public var isProtected = true
    public var socketMark = 0
    public var threads = 1
    public var threadsRead = false
}
