import Bytes
import Configuration
import Platform

extension Server {
    /// Notes that a client may have something to send at the end of the turn.
    func wantsToSend(_ client: Reference<Client>) {
        guard !client.value.flags.contains(.hasOutput) else { return }
        client.value.flags.insert(.hasOutput)
        outputs.append(client)
    }

    /// Notes that a client has a message to be sent at the end of the turn.
    ///
    /// Who publishes is answered before those who listen. All publishers of a turn can so come back
    /// with their next message while the others are being sent this one, and a turn sends each
    /// subscriber the messages of all of them at once.
    func wantsToSendMessage(_ client: Reference<Client>) {
        guard !client.value.flags.contains(.hasOutput) else { return }
        client.value.flags.insert(.hasOutput)
        recipients.append(client)
    }

    /// Sends the replies of the turn, and those of earlier turns that the log has caught up with.
    func sendReplies() {
        let promised = promisedOffset
        if !recipients.isEmpty {
            outputs.append(contentsOf: recipients)
            recipients.removeAll(keepingCapacity: true)
        }
        let sizeMax = sendShare
        var held: [Reference<Client>] = []
        if let threads = ioThreads, threads.areEnough(writes: outputs.count) {
            sendReplies(by: threads, promised: promised, upTo: sizeMax, held: &held)
        } else {
            ioThreads?.rest()
            for client in outputs {
                guard var sending = beginSending(to: client, promised, upTo: sizeMax, &held) else {
                    continue
                }
                sending.proceed(client.value.transport, client.value.replies, world.network)
                finish(sending, to: client)
                if client.value.gate.isClosed { held.append(client) }
            }
        }
        outputs.removeAll(keepingCapacity: true)
        for client in held {
            client.value.flags.insert(.hasOutput)
            outputs.append(client)
        }
    }

    /// Ends a client's turn; what may leave of its replies is to be sent, whichever thread does it.
    /// Nothing for a client that goes, or that is to be sent nothing yet and joins those held.
    func beginSending(
        to client: Reference<Client>, _ promised: UInt64, upTo sizeMax: Int,
        _ held: inout [Reference<Client>]
    ) -> Sending? {
        client.value.flags.remove(.hasOutput)
        guard !client.value.flags.contains(.closesSoon) else { return nil }
        // What a script that still runs has told it follows the script's writes.
        guard !client.value.flags.contains(.hasUntiedMessages) else {
            held.append(client)
            return nil
        }
        if client.value.gate.required <= promised, !client.value.gate.isClosed {
            lastServedReader = clock.monotonicMicroseconds
        }
        let buffered = client.value.replies.value.count
        client.value.gate.endTurn(buffered: buffered, promised: promised)
        let open = client.value.gate.open(buffered: buffered, promised: promised)
        return Sending(open: open, upTo: sizeMax)
    }

    /// Space that the reply buffer of a client with nothing to send may keep.
    private static let idleBufferMax = 32 << 10

    /// Looks at what became of the sending.
    func finish(_ sending: Sending, to client: Reference<Client>) {
        statistics.writes &+= UInt64(sending.calls)
        if sending.sent > 0 {
            client.value.gate.didSend(sending.sent)
            client.value.bytesSent &+= UInt64(sending.sent)
            statistics.bytesSent &+= UInt64(sending.sent)
            client.value.lastInteraction = clock.monotonicSeconds
        }
        if let failure = sending.failure {
            log.verbose("Error writing to client: \(client.value.failure(-Int(failure)))")
            return closeSoon(client)
        }
        let replies = client.value.replies
        let isBlocked = sending.open > 0 && !replies.value.isEmpty && !client.value.gate.isClosed
        let hasUnsent = client.value.hasUnsent
        setInterest(
            client, writable: isBlocked || hasUnsent || (sending.open > 0 && sending.left > 0))
        if replies.value.isEmpty {
            if replies.value.capacity > Self.idleBufferMax { replies.value.removeAllAndFree() }
            let isServed = client.value.isOver && !client.value.flags.contains(.unfinished)
            let isLast = client.value.flags.contains(.closesAfterReply) || isServed
            if isLast, !hasUnsent { closeSoon(client) }
        }
        checkOutputLimit(client)
        followMemory(of: client)
    }

    func setInterest(_ client: Reference<Client>, writable: Bool) {
        var interest: PollInterest = writable ? [.readable, .writable] : .readable
        // Who has requests that were put off is not asked for more of them.
        if !client.value.flags.isDisjoint(with: [.closesAfterReply, .unfinished]) {
            interest.remove(.readable)
        }
        guard interest != client.value.interest else { return }
        client.value.interest = interest
        do throws(IOError) {
            try polling.modify(client.value.socket, token: client.token, interest: interest)
        } catch {
            closeSoon(client)
        }
    }

    /// Bytes of replies that may wait for a client that has not authenticated and must.
    private static let strangerOutputMax = ClientFacts.fixedReplySize + 1024

    /// Closes a client that lets more replies pile up than its class may.
    func checkOutputLimit(_ client: Reference<Client>) {
        let isSubscriber = client.value.flags.contains(.subscribed)
        let limit = isSubscriber ? limits.pubSubOutput : limits.output
        let size = client.value.replies.value.count
        // Who has not said who they are gets little memory for not reading what they are told.
        let isStranger = client.value.flags.contains(.mustAuthenticate)
        let isHard =
            (limit.hard > 0 && size >= limit.hard) || (isStranger && size > Self.strangerOutputMax)
        var isSoft = limit.soft > 0 && size >= limit.soft
        if isSoft {
            if client.value.softLimitSince == 0 {
                client.value.softLimitSince = max(1, clock.monotonicSeconds)
            }
            isSoft =
                clock.monotonicSeconds - client.value.softLimitSince > Int64(limit.softSeconds)
        } else {
            client.value.softLimitSince = 0
        }
        guard isHard || isSoft, !client.value.flags.contains(.closesSoon) else { return }
        statistics.outputBufferOverruns += 1
        log.warning(
            "Client \(description(of: client)) scheduled to be closed ASAP for overcoming of "
                + "output buffer limits.")
        closeSoon(client)
    }
}
