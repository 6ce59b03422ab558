import Bytes
import COpenSSL

/// What stands in the place of a socket for the library: it reads what was received, and what it
/// writes is kept until it is sent.
///
/// So the library makes no call of the kernel. One call receives as many records as have arrived,
/// one call sends all that were written, and nothing that has arrived is left with the library where
/// the poller could not tell of it.
struct TLSTransfer: ~Copyable {
    /// What was received and not read by the library yet; its owner keeps it until it is.
    var arrived = ByteSlice.empty
    /// What the library has written and the socket has not taken yet.
    var outgoing = ByteBuffer()

    /// A source and sink of the library over a transfer, which has to outlive it.
    static func makeStream(over transfer: UnsafeMutablePointer<TLSTransfer>) -> OpaquePointer? {
        guard let stream = unsafe BIO_new(TLSStreamKind.shared.method) else { return nil }
        unsafe BIO_set_data(stream, transfer)
        unsafe BIO_set_init(stream, 1)
        return unsafe stream
    }

    /// The transfer that a stream was made over.
    fileprivate static func of(
        _ stream: OpaquePointer?
    ) -> UnsafeMutablePointer<TLSTransfer>? {
        unsafe BIO_get_data(stream)?.assumingMemoryBound(to: TLSTransfer.self)
    }
}

/// The functions of the streams.
@safe
private final class TLSStreamKind: @unchecked Sendable {
    static let shared = TLSStreamKind()
    let method: OpaquePointer?

    private init() {
        unsafe method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ledgerstone")
        unsafe BIO_meth_set_read(method) { stream, target, count in
            unsafe BIO_clear_flags(stream, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            guard let transfer = unsafe TLSTransfer.of(stream), let target = unsafe target else {
                return -1
            }
            let taken = unsafe min(Int(count), transfer.pointee.arrived.count)
            guard taken > 0 else {
                unsafe BIO_set_flags(stream, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
                return -1
            }
            unsafe UnsafeMutableRawPointer(target).copyMemory(
                from: transfer.pointee.arrived.start, byteCount: taken)
            unsafe transfer.pointee.arrived = transfer.pointee.arrived[taken...]
            return Int32(taken)
        }
        unsafe BIO_meth_set_write(method) { stream, source, count in
            guard let transfer = unsafe TLSTransfer.of(stream), let source = unsafe source,
                count > 0
            else { return 0 }
            unsafe transfer.pointee.outgoing.append(
                ByteSlice(start: UnsafeRawPointer(source), count: Int(count)))
            return count
        }
        unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    }
}
