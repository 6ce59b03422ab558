import Bytes
import Platform

// The door through which all bytes of a client come and go. It needs the client and the network
// alone, so whoever has the client for itself at the moment may use it, on any thread.
extension Client {
    /// Receives into the query buffer.
    ///
    /// - Parameter count: bytes that are asked of the socket.
    /// - Returns: bytes that the query buffer grew by; 0 when the other side has closed; negative on
    ///   error, `-SystemCode.wouldBlock` when there is nothing now.
    mutating func receive(upTo count: Int, through network: any Network) -> Int {
        network.receive(socket, into: &query, upTo: count)
    }

    /// Sends replies from the front of their buffer, where they stay: who sends counts them.
    ///
    /// - Returns: bytes of replies that were taken, maybe fewer than offered; negative on error,
    ///   `-SystemCode.wouldBlock` when none is taken now.
    mutating func send(upTo count: Int, through network: any Network) -> Int {
        network.send(socket, replies.value.bytes[..<count])
    }
}
