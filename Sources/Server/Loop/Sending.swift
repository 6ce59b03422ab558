import Bytes
import Platform

/// Sends the front of a client's replies, as far as the socket takes it, and says what came of it.
struct Sending {
    /// Bytes at the front of the replies that may leave.
    let open: Int
    /// Bytes that are still to be sent in this turn.
    private(set) var left: Int
    private(set) var sent = 0
    private(set) var calls = 0
    /// The error of the socket; nil when there is none.
    private(set) var failure: Int32?

    /// - Parameter sizeMax: bytes that the kernel is offered in this turn.
    init(open: Int, upTo sizeMax: Int) {
        self.open = open
        left = min(open, sizeMax)
    }

    mutating func proceed(
        _ transport: ClientTransport, _ replies: Reference<ByteBuffer>, _ network: any Network
    ) {
        if transport.hasUnsent {
            let outcome = transport.send(replies.value.bytes[..<0], through: network)
            guard outcome == 0 || outcome == -Int(SystemCode.wouldBlock) else {
                failure = Int32(-outcome)
                return
            }
        }
        while left > 0 {
            let count = transport.send(replies.value.bytes[..<left], through: network)
            calls += 1
            guard count > 0 else {
                let isRefusal =
                    count != -Int(SystemCode.wouldBlock) && count != -Int(SystemCode.interrupted)
                if isRefusal { failure = Int32(-count) }
                return
            }
            replies.value.removeFirst(count)
            sent += count
            left -= count
        }
    }
}
