import Bytes

/// Listening and connected stream sockets, none of which ever blocks.
///
/// Sockets are numbers, owned by who got them. The calls for each request answer a count of bytes
/// or a negative error number (`-SystemCode.wouldBlock` when it is not the time), without an
/// allocation.
public protocol Network: AnyObject, Sendable {
    /// Opens a listening socket.
    ///
    /// A socket file that is in the way of a Unix socket is removed first.
    func listen(on address: SocketAddress, backlog: Int) throws(IOError) -> Int32

    /// The port of a listening TCP socket, when it was left to the system by asking for port 0.
    func port(of listener: Int32) -> UInt16

    /// Accepts one waiting connection; nothing when none waits.
    func accept(_ listener: Int32) throws(IOError) -> AcceptedSocket?

    /// Begins to connect. The socket becomes writable when that has come to something; `takeError`
    /// then tells what.
    func connect(to address: SocketAddress) throws(IOError) -> Int32

    /// The error that a socket has met since the last call; 0 for none.
    func takeError(of socket: Int32) -> Int32

    /// Receives into the free space of a buffer.
    ///
    /// - Returns: bytes; 0 when the other side has closed; negative on error.
    func receive(_ socket: Int32, into buffer: inout ByteBuffer, upTo count: Int) -> Int

    /// Sends what the socket takes now.
    ///
    /// - Returns: bytes, which may be fewer than offered; negative on error.
    func send(_ socket: Int32, _ bytes: ByteSlice) -> Int

    /// Ends both directions but keeps the number.
    func shutdown(_ socket: Int32)

    /// Ends the connection and gives the number back. A listening Unix socket's file stays.
    func close(_ socket: Int32)

    func setNoDelay(_ socket: Int32)

    /// Probes a silent connection after so many seconds; 0 switches it off.
    func setKeepAlive(_ socket: Int32, seconds: Int)

    /// The largest backlog that the system grants; nothing when unknown.
    var backlogMax: Int? { get }
}

/// Where to listen or to connect to.
public enum SocketAddress: Equatable, Sendable {
    /// A numeric IPv4 or IPv6 address or a host name; `*` is every IPv4, `::*` every IPv6 address.
    ///
    /// - Parameter mark: the mark of its packets (`SO_MARK`); 0 for none.
    case tcp(address: String, port: UInt16, mark: UInt32 = 0)
    /// - Parameter permissions: of the socket file; 0 leaves them to the process's mask.
    case unix(path: String, permissions: UInt16, mark: UInt32 = 0)
}

/// A connection that was accepted.
public struct AcceptedSocket: Equatable, Sendable {
    public let socket: Int32
    /// The other side: `address:port`, `[address]:port` with IPv6, `path:0` with Unix sockets.
    public let peer: String
    /// This side, in the same form.
    public let local: String
    public let isUnix: Bool
    /// Whether the other side is on this machine: a Unix socket, 127.0.0.0/8 or ::1.
    public let isLoopback: Bool

    public init(socket: Int32, peer: String, local: String, isUnix: Bool, isLoopback: Bool) {
        self.socket = socket
        self.peer = peer
        self.local = local
        self.isUnix = isUnix
        self.isLoopback = isLoopback
    }
}
