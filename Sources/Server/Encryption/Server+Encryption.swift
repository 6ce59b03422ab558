import Bytes
import Configuration
import Platform
import RESP

// Encrypted connections: their context, and what happens to a client until its handshake is done.
extension Server {
    /// Makes the context anew from the settings; none while there is no port for it. The present one
    /// stays in force when that fails, and connections that are there keep theirs.
    ///
    /// - Returns: whether it could; if not, the log says why.
    func renewEncryption() -> Bool {
        let settings = configuration.settings.tls
        guard settings.port > 0 else {
            encryption.context = nil
            return true
        }
        do throws(TLSError) {
            encryption.context = try TLSContext(TLSOptions(settings))
            return true
        } catch {
            log.warning(error.message)
            return false
        }
    }

    /// Looks at the sockets. A new share of handshakes may be worked on.
    ///
    /// - Parameter timeoutMicroseconds: how long to wait for somebody; negative waits for ever.
    func waitForEvents(timeoutMicroseconds: Int64) {
        polling.wait(timeoutMicroseconds: timeoutMicroseconds, into: &events)
        encryption.handshakesLeft = EncryptionState.handshakesAtOnce
    }

    /// Whether a client that has something to read is to wait until the next look at the sockets,
    /// where it is told of again.
    func isHandshakeDeferred(of client: Reference<Client>) -> Bool {
        guard client.value.flags.contains(.handshaking) else { return false }
        guard encryption.handshakesLeft > 0 else { return true }
        encryption.handshakesLeft -= 1
        return false
    }

    /// Looks after what the encryption of a client has come to by bytes that were received.
    func followTransport(of client: Reference<Client>) {
        guard let encryption = client.value.encryption else { return }
        if encryption.value.isEstablished, client.value.flags.contains(.handshaking) {
            client.value.flags.remove(.handshaking)
            refuseIfProtected(client)
        }
        // Sending flushes what the protocol has to say, and ends what the other side has ended.
        if encryption.value.hasUnsent || encryption.value.isOver { wantsToSend(client) }
    }

    /// A refusal can be told once there is an encryption that both sides know.
    private func refuseIfProtected(_ client: Reference<Client>) {
        guard isProtected(from: client.value.session.address) else { return }
        client.value.replies.value.append(Self.protectedModeRefusal)
        client.value.flags.insert(.closesAfterReply)
        statistics.rejectedConnections &+= 1
        wantsToSend(client)
    }

    func noteFailedHandshake(_ received: Int, of client: Reference<Client>) {
        let reason =
            received < 0
            ? client.value.failure(received) : "the other side closed the connection"
        log.warning(
            "Error accepting a client connection: \(reason) "
                + "(addr=\(client.value.session.address.peer) "
                + "laddr=\(client.value.session.address.local))")
    }

    /// Gives a client up that takes too long to agree on an encryption.
    func endLateHandshake(of client: Reference<Client>) {
        guard client.value.flags.contains(.handshaking) else { return }
        let age = clock.monotonicSeconds - client.value.connectedAt
        guard age > EncryptionState.handshakeSecondsMax else { return }
        log.verbose("Closing client that has not finished its handshake")
        closeSoon(client)
    }
}
