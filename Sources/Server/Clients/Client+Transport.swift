import Bytes
import Platform

// The door through which all bytes of a client come and go. It needs the client and the network
// alone, so whoever has the client for itself at the moment may use it, on any thread.
extension Client {
    /// Receives into the query buffer.
    ///
    /// What was taken from the socket is decrypted to its end: whenever there is more, the poller
    /// tells of it. Afterwards the data thread follows what that did to the encryption
    /// (`Server.followTransport`).
    ///
    /// - Parameter count: bytes that are asked of the socket.
    /// - Returns: bytes that the query buffer grew by; 0 when the other side has closed; negative on
    ///   error, `-SystemCode.wouldBlock` when there is nothing now.
    mutating func receive(upTo count: Int, through network: any Network) -> Int {
        guard let encryption else { return network.receive(socket, into: &query, upTo: count) }
        return encryption.value.receive(
            from: socket, through: network, into: &query, upTo: count)
    }

    /// Sends replies from the front of their buffer, where they stay: who sends counts them.
    ///
    /// - Parameter count: 0 sends only what waits below the replies (`hasUnsent`).
    /// - Returns: bytes of replies that were taken, maybe fewer than offered; negative on error,
    ///   `-SystemCode.wouldBlock` when none is taken now.
    mutating func send(upTo count: Int, through network: any Network) -> Int {
        guard let encryption else { return network.send(socket, replies.value.bytes[..<count]) }
        return encryption.value.send(
            replies.value.bytes[..<count], to: socket, through: network)
    }

    /// Whether bytes that are no replies any more wait for the socket.
    var hasUnsent: Bool { encryption?.value.hasUnsent ?? false }

    /// Whether nothing more will be received, though the socket may not tell.
    var isOver: Bool { encryption?.value.isOver ?? false }

    /// What is wrong with the connection, when a call on it answered a negative number.
    func failure(_ code: Int) -> String {
        encryption?.value.failure ?? SystemCode.message(of: Int32(-code))
    }
}
