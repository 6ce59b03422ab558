import Bytes
import Commands
import Keyspace
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
        polling.wait(timeoutMicroseconds: timeUntilNextWork(), into: &events)
        refreshClock()
        statistics.turns &+= 1
        for index in 0..<events.count { serve(events[index]) }
        takeSignals()
        runPeriodicWork()
    }

    /// Reads the clocks, and freezes the moment in which the next commands run.
    func refreshClock() {
        clock.update(world.clock)
        keyspace.shared.value.now = clock.wallMilliseconds
        keyspace.shared.value.evictionClock.seconds = clock.wallSeconds
    }

    /// Looks after one socket.
    func serve(_ event: PollEvent) {
        if event.token & ListenerToken.flag != 0 {
            accept(at: Int(event.token & ~ListenerToken.flag))
            return
        }
        guard let client = Reference<Client>(token: event.token) else { return }
        guard !client.value.flags.contains(.closesSoon) else { return }
        if event.isReadable, client.value.interest.contains(.readable) { read(client) }
        if event.isWritable, !client.value.flags.contains(.closesSoon) { wantsToSend(client) }
    }

    /// What has to happen between executing and waiting, in this order: the log takes the turn's
    /// records, replies leave as far as it promises, clients that ended are freed.
    func endTurn() {
        endLogTurn()
        sendReplies()
        freeClosing()
    }
}

/// Poll tokens: addresses of clients, or the index of a listener with this bit.
enum ListenerToken {
    static let flag: UInt64 = 1 << 63
}
