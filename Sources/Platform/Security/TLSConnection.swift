import Bytes
import COpenSSL

/// One accepted connection's encryption, between its socket and the plain bytes.
///
/// It begins with a handshake, which `receive` carries on; only then are plain bytes taken. What the
/// handshake and other messages of the protocol have to tell the other side waits in the connection
/// (`hasUnsent`) until the next `send`. An ending, by the other side's farewell or by a failure, is
/// told once everything before it was received.
///
/// One thread uses it at a time; it may be another one each time.
@safe
public struct TLSConnection: ~Copyable {
    /// Bytes that one call receives from the socket at most.
    private static let receiveSizeMax = 128 << 10
    /// Plain bytes that one call encrypts at most: what the socket does not take stays in memory.
    private static let sendSizeMax = 64 << 10
    /// Plain bytes of the longest record.
    private static let recordSizeMax = 16 << 10
    /// Bytes that may wait for a socket when more is to be answered to the protocol's own messages.
    private static let outgoingSizeMax = 256 << 10
    /// Space for outgoing bytes that a connection with nothing to send keeps.
    private static let keptSizeMax = 1 << 10

    /// Bytes that a connection at rest takes with the library, for counting what clients use.
    public static let usualSize = 15 << 10

    private let session: OpaquePointer
    private let transfer: UnsafeMutablePointer<TLSTransfer>
    /// Whether the handshake is done.
    public private(set) var isEstablished = false
    /// What ended the connection, if it was not the other side's farewell.
    public private(set) var failure: String?
    /// Whether nothing more will be received.
    public private(set) var isOver = false

    /// Nothing when the library has no memory for it.
    public init?(_ context: TLSContext, _ verification: TLSVerification) {
        TLSErrorQueue.clear()
        let transfer = UnsafeMutablePointer<TLSTransfer>.allocate(capacity: 1)
        unsafe transfer.initialize(to: TLSTransfer())
        guard let session = unsafe SSL_new(context.context),
            let stream = unsafe TLSTransfer.makeStream(over: transfer)
        else {
            TLSErrorQueue.clear()
            unsafe transfer.deinitialize(count: 1)
            unsafe transfer.deallocate()
            return nil
        }
        // The session owns the stream from here on.
        unsafe SSL_set_bio(session, stream, stream)
        let mode =
            switch verification {
            case .ignored: SSL_VERIFY_NONE
            case .optional: SSL_VERIFY_PEER
            case .required: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            }
        unsafe SSL_set_verify(session, mode, nil)
        unsafe SSL_set_accept_state(session)
        unsafe self.session = session
        unsafe self.transfer = transfer
    }

    deinit {
        unsafe SSL_free(session)
        unsafe transfer.deinitialize(count: 1)
        unsafe transfer.deallocate()
    }

    /// Whether bytes wait that the socket has not taken.
    public var hasUnsent: Bool { unsafe !transfer.pointee.outgoing.isEmpty }

    // MARK: Receiving

    /// Receives from the socket and appends what that comes to in plain bytes.
    ///
    /// - Parameter count: bytes that are asked of the socket; a record that came in pieces may make
    ///   more of them.
    /// - Returns: plain bytes; 0 when the other side has ended the connection; negative on error,
    ///   `-SystemCode.wouldBlock` when what arrived holds none.
    public mutating func receive(
        from socket: Int32, through network: any Network, into buffer: inout ByteBuffer,
        upTo count: Int
    ) -> Int {
        guard !isOver else { return ending }
        let size = min(count, Self.receiveSizeMax)
        var arrived = ByteBuffer(capacity: size)
        let received = network.receive(socket, into: &arrived, upTo: size)
        guard received > 0 else { return received }
        TLSErrorQueue.clear()
        unsafe transfer.pointee.arrived = arrived.bytes
        let total = isEstablished || shakeHands() ? decrypt(into: &buffer) : 0
        unsafe transfer.pointee.arrived = .empty
        arrived.removeAll()
        if unsafe transfer.pointee.outgoing.count > Self.outgoingSizeMax {
            // Who asks and asks and reads no answers would fill the memory.
            end(because: "too many messages without reading the answers")
        }
        if total > 0 { return total }
        return isOver ? ending : -Int(SystemCode.wouldBlock)
    }

    private var ending: Int { failure == nil ? 0 : -Int(SystemCode.protocolError) }

    /// Carries the handshake on; true when that has finished it.
    private mutating func shakeHands() -> Bool {
        let outcome = unsafe SSL_do_handshake(session)
        if outcome == 1 {
            isEstablished = true
            TLSErrorQueue.clear()
            return true
        }
        noteEnding(outcome)
        return false
    }

    /// Decrypts all that has arrived.
    private mutating func decrypt(into buffer: inout ByteBuffer) -> Int {
        var total = 0
        while unsafe !transfer.pointee.arrived.isEmpty || SSL_has_pending(session) != 0 {
            let count = unsafe buffer.appendFilled(upTo: Self.recordSizeMax) {
                Int(unsafe SSL_read(session, $0.baseAddress, Int32($0.count)))
            }
            guard count > 0 else {
                // Either the rest is a part of a record, or there will be no more.
                noteEnding(Int32(count))
                break
            }
            total += count
        }
        return total
    }

    /// Finds out why a call of the library gave nothing.
    private mutating func noteEnding(_ outcome: Int32) {
        switch unsafe SSL_get_error(session, outcome) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return
        case SSL_ERROR_ZERO_RETURN: isOver = true
        default: end(because: TLSErrorQueue.take())
        }
    }

    private mutating func end(because reason: String) {
        isOver = true
        if failure == nil { failure = reason }
    }

    // MARK: Sending

    /// Encrypts and sends, behind what waits from before.
    ///
    /// - Returns: plain bytes that were taken, maybe not by the socket yet (`hasUnsent`); negative on
    ///   error, `-SystemCode.wouldBlock` when the socket did not even take what had waited. With no
    ///   bytes: 0 when nothing waits any more.
    public mutating func send(
        _ bytes: ByteSlice, to socket: Int32, through network: any Network
    ) -> Int {
        let flushed = flush(to: socket, through: network)
        guard flushed == 0, !bytes.isEmpty else { return flushed }
        guard isEstablished, failure == nil else {
            return failure == nil ? -Int(SystemCode.wouldBlock) : -Int(SystemCode.protocolError)
        }
        TLSErrorQueue.clear()
        let size = Int32(min(bytes.count, Self.sendSizeMax))
        let written = unsafe SSL_write(session, bytes.start, size)
        guard written > 0 else {
            end(because: TLSErrorQueue.take())
            return -Int(SystemCode.protocolError)
        }
        let outcome = flush(to: socket, through: network)
        let isSound = outcome == 0 || outcome == -Int(SystemCode.wouldBlock)
        return isSound ? Int(written) : outcome
    }

    /// Sends what waits; 0 when nothing waits any more.
    private mutating func flush(to socket: Int32, through network: any Network) -> Int {
        while unsafe !transfer.pointee.outgoing.isEmpty {
            let sent = unsafe network.send(socket, transfer.pointee.outgoing.bytes)
            if sent == -Int(SystemCode.interrupted) { continue }
            guard sent > 0 else { return sent == 0 ? -Int(SystemCode.wouldBlock) : sent }
            unsafe transfer.pointee.outgoing.removeFirst(sent)
        }
        if unsafe transfer.pointee.outgoing.capacity > Self.keptSizeMax {
            unsafe transfer.pointee.outgoing.removeAllAndFree()
        }
        return 0
    }

    /// Says farewell, as far as the socket takes it, before the socket is closed.
    public mutating func finish(to socket: Int32, through network: any Network) {
        if isEstablished, failure == nil {
            _ = unsafe SSL_shutdown(session)
            TLSErrorQueue.clear()
        }
        _ = flush(to: socket, through: network)
    }
}
