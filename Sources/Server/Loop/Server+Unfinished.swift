import Bytes
import Platform

// Fairness among clients. A turn serves everybody who is ready, but each only for a share of its time;
// who has sent more than that is put off, and is not read before the rest is done. Between two turns
// the sockets are looked at again, so that a client with one request waits for the shares of the others
// and never for all that they have sent.
extension Server {
    /// Microseconds of a turn that its clients share.
    private static let turnTime = 10_000

    /// The same in ticks; without end where the clock is simulated.
    func turnTicks() -> UInt64 {
        world.clock.countsTicks ? clock.ticks(ofMicroseconds: Self.turnTime) : .max
    }

    /// Puts off what a client has sent beyond its share, if that may hold another request.
    func putOffRest(of client: Reference<Client>) {
        guard client.value.flags.isDisjoint(with: [.closesAfterReply, .closesSoon, .waiting]),
            mayHoldRequest(client)
        else { return }
        client.value.flags.insert(.sendsMuch)
        putOff(client)
    }

    private func mayHoldRequest(_ client: Reference<Client>) -> Bool {
        client.value.query.count >= max(1, client.value.queryNeeded)
    }

    /// Ready clients from which on those that send much are not read before the others.
    private static let crowdMin = 64

    /// Looks after a client that has sent something: at once, unless it had to be put off the last time
    /// and many want to be served.
    func welcomeRequests(of client: Reference<Client>) {
        guard !client.value.flags.contains(.unfinished) else { return }
        let isCrowded = !unfinished.isEmpty || events.count >= Self.crowdMin
        if isCrowded, client.value.flags.contains(.sendsMuch) {
            putOff(client)
        } else {
            read(client)
        }
    }

    /// Notes that a client's requests are to be looked at.
    func putOff(_ client: Reference<Client>) {
        guard !client.value.flags.contains(.unfinished) else { return }
        client.value.flags.insert(.unfinished)
        unfinished.append(client)
    }

    /// Forgets a client that goes.
    func forgetRest(of client: Reference<Client>) {
        guard client.value.flags.contains(.unfinished) else { return }
        unfinished.removeAll { $0 == client }
    }

    /// Goes on with the clients that were put off, one after the other, as long as the turn lasts.
    func serveUnfinished() {
        guard !unfinished.isEmpty else { return }
        turnTime.prolong()
        turnTime.divide(among: unfinished.count)
        // Who is put off again comes behind the others.
        repeat {
            let client = unfinished.removeFirst()
            client.value.flags.remove(.unfinished)
            goOn(with: client)
            followUnfinished(client)
        } while !unfinished.isEmpty && !turnTime.isOver && !isStopping
        for client in unfinished { followUnfinished(client) }
    }

    private func goOn(with client: Reference<Client>) {
        if mayHoldRequest(client) {
            executeQuery(of: client)
        } else if client.value.flags.isDisjoint(with: .closing) {
            read(client)
        }
    }

    /// Reads no more from a client while it has requests that were put off.
    private func followUnfinished(_ client: Reference<Client>) {
        setInterest(client, writable: client.value.interest.contains(.writable))
    }

    // MARK: Bytes

    /// Bytes that all calls of one kind move in a turn, as far as no client's share gets too small.
    private static let bytesPerTurn = 16 << 20
    private static let shareMin = 64 << 10

    /// Bytes that one read asks for at most.
    var readShare: Int { byteShare(among: events.count, atMost: 4 << 20) }
    /// Bytes of one client that the kernel is offered in a turn.
    var sendShare: Int { byteShare(among: outputs.count, atMost: 1 << 20) }

    private func byteShare(among count: Int, atMost most: Int) -> Int {
        min(most, max(Self.shareMin, Self.bytesPerTurn / max(1, count)))
    }
}
