import Bytes
import Platform
import Synchronization

// Sockets as queues in memory.
//
// A connection has two ends, each a socket with a queue of bytes that have arrived and a limit on
// them. What is sent arrives at once; when the queue at the other end is full, `send` would block.
// With `fragment` every call moves a number of bytes that the seed decides, at least one, as a
// network may. After an end is closed the other one reads what had arrived, then the end; what it
// sends is refused.

/// A network in memory for tests.
public final class SimulatedNetwork: Network {
    struct Listener {
        let address: SocketAddress
        let backlog: Int
        var waiting: [Int32] = []
    }

    struct End {
        let local: String
        let isUnix: Bool
        let peer: Int32
        var arrived: [UInt8] = []
        var roomMax = 1 << 20
        /// The other end is gone.
        var isFinished = false
        /// This end was shut down.
        var isShutDown = false
        var error: Int32 = 0
    }

    struct State {
        var listeners: [Int32: Listener] = [:]
        var ends: [Int32: End] = [:]
        var nextSocket: Int32 = 3
        var nextPort: UInt16 = 40000
        var socketCountMax = Int.max
        var fragments: SeededRandom?

        mutating func newSocket() -> Int32 {
            defer { nextSocket += 1 }
            return nextSocket
        }

        /// How many of so many bytes a call moves.
        mutating func fragment(of count: Int) -> Int {
            guard count > 1 else { return count }
            return fragments?.index(below: count).advanced(by: 1) ?? count
        }
    }

    let state = Mutex(State())

    public init() {}

    /// Lets every call move only a part of the bytes, as the seed decides; nil: all that fits.
    public func fragment(seed: UInt64?) {
        state.withLock { $0.fragments = seed.map { SeededRandom(seed: $0) } }
    }

    /// Refuses to accept beyond so many connections, as a limit of open files does.
    public func setSocketCountMax(_ count: Int) { state.withLock { $0.socketCountMax = count } }

    /// How many bytes may wait at an end of a connection.
    public func setRoom(_ room: Int, of socket: Int32) {
        state.withLock { $0.ends[socket]?.roomMax = room }
    }

    public var openSocketCount: Int {
        state.withLock { $0.ends.count + $0.listeners.count }
    }

    /// Whether the other side has ended the connection and everything that arrived was read.
    func hasEnded(_ socket: Int32) -> Bool {
        state.withLock { state in
            guard let end = state.ends[socket] else { return true }
            return end.isFinished && end.arrived.isEmpty
        }
    }

    func isReadable(_ socket: Int32) -> Bool {
        state.withLock { state in
            if let listener = state.listeners[socket] { return !listener.waiting.isEmpty }
            guard let end = state.ends[socket] else { return false }
            return !end.arrived.isEmpty || end.isFinished || end.isShutDown
        }
    }

    func isWritable(_ socket: Int32) -> Bool {
        state.withLock { state in
            guard let end = state.ends[socket] else { return false }
            guard let other = state.ends[end.peer] else { return true }
            return other.arrived.count < other.roomMax
        }
    }

    func isFailed(_ socket: Int32) -> Bool {
        state.withLock { state in
            guard let end = state.ends[socket] else { return false }
            return end.error != 0 || (end.isFinished && end.isShutDown)
        }
    }
}
