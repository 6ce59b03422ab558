import Bytes
import Platform

/// The door through which all bytes of a client come and go. Whoever has the client's turn to
/// receive or to send uses it, on any thread: it touches nothing of the client but the connection.
struct ClientTransport {
    let socket: Int32
    /// What the bytes pass through; none when they travel in plain.
    var encryption: Reference<TLSConnection>?

    /// Receives into a query buffer.
    ///
    /// What was taken from the socket is decrypted to its end: whenever there is more, the poller
    /// tells of it. Afterwards the data thread follows what that did to the encryption
    /// (`Server.followTransport`).
    ///
    /// - Parameter count: bytes that are asked of the socket.
    /// - Returns: bytes that the query buffer grew by; 0 when the other side has closed; negative on
    ///   error, `-SystemCode.wouldBlock` when there is nothing now.
    func receive(
        into query: inout ByteBuffer, upTo count: Int, through network: any Network
    ) -> Int {
        guard let encryption else { return network.receive(socket, into: &query, upTo: count) }
        return encryption.value.receive(
            from: socket, through: network, into: &query, upTo: count)
    }

    /// Sends the front of the replies, which stay where they are: who sends counts them.
    ///
    /// - Parameter bytes: none to send only what waits below the replies (`hasUnsent`).
    /// - Returns: bytes of replies that were taken, maybe fewer than offered; negative on error,
    ///   `-SystemCode.wouldBlock` when none is taken now.
    func send(_ bytes: ByteSlice, through network: any Network) -> Int {
        guard let encryption else { return network.send(socket, bytes) }
        return encryption.value.send(bytes, to: socket, through: network)
    }

    /// Whether bytes that are no replies any more wait for the socket.
    var hasUnsent: Bool { encryption?.value.hasUnsent ?? false }
}

extension Client {
    var transport: ClientTransport { ClientTransport(socket: socket, encryption: encryption) }

    /// Receives into the query buffer.
    mutating func receive(upTo count: Int, through network: any Network) -> Int {
        transport.receive(into: &query, upTo: count, through: network)
    }

    var hasUnsent: Bool { transport.hasUnsent }

    /// Whether nothing more will be received, though the socket may not tell.
    var isOver: Bool { encryption?.value.isOver ?? false }

    /// What is wrong with the connection, when a call on it answered a negative number.
    func failure(_ code: Int) -> String {
        encryption?.value.failure ?? SystemCode.message(of: Int32(-code))
    }
}
