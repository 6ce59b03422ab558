import Bytes
import COpenSSL
import Foundation
import Platform

/// The other side of a `TLSConnection`: the library's own client between two memories.
final class EncryptedPeer {
    let socket: Int32
    private let network: any Network
    private let context: OpaquePointer?
    private let session: OpaquePointer?
    private let incoming = BIO_new(BIO_s_mem())
    private let outgoing = BIO_new(BIO_s_mem())
    /// What the network has not taken yet.
    private var unsent = ByteBuffer()

    /// - Parameter name: of the certificate that it shows.
    init(_ socket: Int32, through network: any Network, showing name: String? = nil) {
        self.socket = socket
        self.network = network
        context = SSL_CTX_new(TLS_client_method())
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        SSL_CTX_load_verify_file(context, Self.file("ca.crt"))
        if let name {
            SSL_CTX_use_certificate_chain_file(context, Self.file(name + ".crt"))
            SSL_CTX_use_PrivateKey_file(context, Self.file(name + ".key"), SSL_FILETYPE_PEM)
        }
        session = SSL_new(context)
        SSL_set_bio(session, incoming, outgoing)
        SSL_set_connect_state(session)
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
        ERR_clear_error()
    }

    /// A file of `Tests/Data/tls`.
    static func file(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Data/tls/\(name)").path
    }

    var isEstablished: Bool { SSL_is_init_finished(session) == 1 }

    func shakeHands() {
        takeArrived()
        SSL_do_handshake(session)
        ERR_clear_error()
        flush()
    }

    func write(_ bytes: [UInt8]) {
        SSL_write(session, bytes, Int32(bytes.count))
        flush()
    }

    func sayFarewell() {
        SSL_shutdown(session)
        flush()
    }

    /// Sends bytes that are no record.
    func writeRaw(_ bytes: [UInt8]) {
        bytes.withSlice { unsent.append($0) }
        flush()
    }

    /// What the other side has sent, up to now.
    func read() -> [UInt8] {
        takeArrived()
        var plain: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = SSL_read(session, &part, Int32(part.count))
            guard count > 0 else {
                ERR_clear_error()
                return plain
            }
            plain += part.prefix(Int(count))
        }
    }

    /// Sends what the network takes now.
    func flush() {
        var part = [UInt8](repeating: 0, count: 1 << 14)
        while true {
            let count = BIO_read(outgoing, &part, Int32(part.count))
            guard count > 0 else { break }
            Array(part.prefix(Int(count))).withSlice { unsent.append($0) }
        }
        while !unsent.isEmpty {
            let sent = network.send(socket, unsent.bytes)
            guard sent > 0 else { return }
            unsent.removeFirst(sent)
        }
    }

    private func takeArrived() {
        var arrived = ByteBuffer()
        while network.receive(socket, into: &arrived, upTo: 1 << 14) > 0 {}
        let bytes = arrived.bytes.array
        if !bytes.isEmpty { BIO_write(incoming, bytes, Int32(bytes.count)) }
    }
}
