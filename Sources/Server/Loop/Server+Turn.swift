import Bytes
import Commands
import Keyspace
import Persistence
import Platform
import RESP

// A turn of the loop: wait, read and execute, do periodic work, give the log what was recorded,
// send what the log's promise covers, free what is gone.
extension Server {
    /// Serves until `isStopping`.
    func run() {
        while !isStopping { turn() }
    }

    func turn() {
        endTurn()
        guard !isStopping else { return }
        waitForEvents(timeoutMicroseconds: timeUntilNextWork())
        refreshClock()
        statistics.turns &+= 1
        turnTime.begin(limits.turnTicks, among: events.count)
        serveEvents()
        gatherCommit()
        guard !isStopping else { return }
        takeSignals()
        if !isStopping { runPeriodicWork() }
    }

    /// Looks again, without waiting, before a commit: whoever is ready joins it.
    private static let gatherRoundsMax = 4

    /// Under `always` one sync serves everybody whose records it covers, so requests that have
    /// arrived meanwhile are executed first. Replies that wait for no disk leave in between.
    private func gatherCommit() {
        guard let log = persistence.appendLog, log.wantsCompany else { return }
        for _ in 0..<Self.gatherRoundsMax where !turnTime.isOver {
            sendReplies()
            waitForEvents(timeoutMicroseconds: 0)
            guard events.count > 0 else { return }
            turnTime.divide(among: events.count)
            serveEvents()
        }
    }

    /// Reads the clocks, and freezes the moment in which the next commands run.
    func refreshClock() {
        clock.update(world.clock)
        keyspace.shared.value.now = clock.wallMilliseconds
        keyspace.shared.value.evictionClock.seconds = clock.wallSeconds
    }

    /// Looks after the sockets that the poller has told of.
    private func serveEvents() {
        if let threads = ioThreads, threads.areEnough(reads: events.count) {
            return serveEvents(by: threads)
        }
        for index in 0..<events.count where !isStopping { serve(events[index]) }
    }

    /// Looks after one socket.
    func serve(_ event: PollEvent) {
        if event.token & ListenerToken.flag != 0 {
            accept(at: Int(event.token & ~ListenerToken.flag))
            return
        }
        guard let client = Reference<Client>(token: event.token) else { return }
        guard client.value.flags.isDisjoint(with: [.closesSoon, .handedOver]) else { return }
        if event.isReadable, client.value.interest.contains(.readable),
            !isHandshakeDeferred(of: client)
        {
            welcomeRequests(of: client)
        }
        if event.isWritable, !client.value.flags.contains(.closesSoon) { wantsToSend(client) }
    }

    /// What has to happen between executing and waiting, in this order: the log takes the turn's
    /// records, replies leave as far as it promises, clients that ended are freed.
    func endTurn() {
        endLogTurn()
        if !pubSub.untied.isEmpty { tieMessages(to: appendedOffset) }
        sendBroadcasts()
        sendReplies()
        freeClosing()
    }
}

/// Poll tokens: addresses of clients, or the index of a listener with this bit.
enum ListenerToken {
    static let flag: UInt64 = 1 << 63
}
