import Bytes
import Platform

/// A client's end of a connection, in the hands of a test.
public final class SimulatedConnection {
    public let socket: Int32
    private let network: SimulatedNetwork
    private var unsent: [UInt8] = []

    /// Connects to a listener of the network.
    public init(to address: SocketAddress, over network: SimulatedNetwork) throws(IOError) {
        self.network = network
        socket = try network.connect(to: address)
    }

    /// Sends; what does not fit now goes with the next `send` or `flush`.
    public func send(_ bytes: [UInt8]) {
        unsent += bytes
        flush()
    }

    public func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends what is left; whether that was all.
    @discardableResult
    public func flush() -> Bool {
        while !unsent.isEmpty {
            let count = unsent.withSlice { network.send(socket, $0) }
            if count <= 0 { return false }
            unsent.removeFirst(count)
        }
        return true
    }

    /// Everything that has arrived since the last call.
    public func received() -> [UInt8] {
        var buffer = ByteBuffer()
        while network.receive(socket, into: &buffer, upTo: 65536) > 0 {}
        return buffer.bytes.array
    }

    /// Whether the other side has closed and everything was received.
    public var isClosedByServer: Bool { network.hasEnded(socket) }

    /// Lets only so many bytes wait here before the other side's sending blocks.
    public func setReceiveRoom(_ room: Int) { network.setRoom(room, of: socket) }

    public func close() { network.close(socket) }

    /// Ends the connection without farewell.
    public func reset() { network.reset(socket) }
}
