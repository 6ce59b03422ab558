import Bytes
import Commands
import Keyspace
import RESP

// Clients whose commands wait for keys. A command asks to block; its client is parked here with a
// copy of the request. When a key has changed, and the command or transaction that changed it is
// over, the clients in the key's line run their commands again, in the order in which they began to
// wait. What such a command leaves to the log and answers is treated as of any other.
extension Server {
    /// Parks a client whose command has asked to block. A command that was run again and found
    /// nothing once more keeps its place and its time.
    func park(
        _ command: Reference<RegisteredCommand>, _ request: Request, of client: Reference<Client>
    ) {
        execution.isBlocking = false
        if let blocked = client.value.session.blocked {
            blocked.asksAgain = true
            return
        }
        let asked = execution.blockRequest
        let (wait, overflows) = asked.milliseconds.multipliedReportingOverflow(by: 1000)
        let (end, isBeyond) = clock.monotonicMicroseconds.addingReportingOverflow(wait)
        let hasEnd = asked.milliseconds > 0 && !overflows && !isBeyond
        let blocked = BlockedClient(
            client, command.value.number, request.arguments, asked,
            deadline: hasEnd ? end : nil, sequence: blockedClients.makeSequence())
        client.value.flags.insert(.waiting)
        client.value.session.blocked = blocked
        blockedClients.insert(blocked, &keyspace.shared.value.awaited)
    }

    /// Takes a client out of the lines, without an answer. Its next requests are looked at in the
    /// periodic part of the turn, not inside the command of another client.
    func unpark(_ blocked: BlockedClient) {
        blockedClients.remove(blocked, &keyspace.shared.value.awaited)
        let client = blocked.client
        client.value.session.blocked = nil
        client.value.flags.remove([.waiting, .skipsReply])
        if !client.value.query.isEmpty { putOff(client) }
    }

    // MARK: Serving

    /// Serves the clients that wait for keys that have changed. What they change in turn is served
    /// as well, behind what was ready before.
    func serveReadyKeys() {
        // While a data set is loaded again nothing is served; what is ready stays so.
        // In the middle of a script it is too early, too.
        guard care.isDisjoint(with: [.loading, .busy]) else { return }
        while let (key, line) = blockedClients.takeReady() { serve(key, line) }
    }

    private func serve(_ key: AwaitedKey, _ line: WaitingLine) {
        var sequence: UInt64 = 0
        // Whoever comes anew while this goes on is not in the line before it is over.
        while let blocked = line.next(after: sequence) {
            sequence = blocked.sequence
            let type = key.key.withSlice {
                keyspace[key.database].entryUntouched(of: Key($0))?.type
            }
            guard line.hasUse(for: type) else { return }
            if blocked.endsWithoutKey || blocked.type == type { runAgain(blocked) }
        }
    }

    private func runAgain(_ blocked: BlockedClient) {
        let client = blocked.client
        guard client.value.flags.isDisjoint(with: .closing) else { return }
        let command = table[blocked.command]
        guard !holdsUp(command.value.flags) else {
            hasPostponedService = true
            return
        }
        let start = client.value.replies.value.count
        execution.replies = ReplyWriter(client.value.replies, version: client.value.version)
        execution.ahead = nil
        wantsToSend(client)
        if let refusal = refusal(of: command, blocked.arguments, client) {
            command.value.statistics.rejected &+= 1
            fail(refusal, execution.replies)
        } else {
            keyspace.shared.value.leavesNoTrace = client.value.flags.contains(.noTouch)
            let request = Request(arguments: blocked.arguments, canonical: .empty)
            run(command, request, of: client)
            rememberKeys(command, request.arguments, of: client)
            keyspace.shared.value.leavesNoTrace = false
            guard !blocked.asksAgain else {
                blocked.asksAgain = false
                return
            }
        }
        if !client.value.flags.isDisjoint(with: [.repliesOff, .skipsReply]) {
            client.value.replies.value.truncate(to: start)
        }
        if hasDeferredMessages { appendDeferredMessages(to: client) }
        unpark(blocked)
    }

    /// Whether a command has to wait for something besides its keys.
    private func holdsUp(_ flags: CommandFlags) -> Bool {
        if care.contains(.paused), pause.holds(flags) { return true }
        return flags.contains(.write) && !care.isDisjoint(with: [.logBehind, .snapshotFull])
    }

    /// Notes the keys of a database, or of all, whose values are of use to who waits for them.
    func noteAwaitedKeys(of database: Int? = nil) {
        for awaited in blockedClients.keys(of: database) {
            let type = awaited.key.withSlice {
                keyspace[awaited.database].entryUntouched(of: Key($0))?.type
            }
            blockedClients.keyChanged(awaited, to: type)
        }
    }

    // MARK: Ends without service

    /// The part of a turn's periodic work that looks after blocked clients: what became ready
    /// without a command, what could not be served before, and whose time is over.
    func lookAfterBlockedClients() {
        if hasPostponedService, care.isDisjoint(with: [.paused, .logBehind, .snapshotFull]) {
            hasPostponedService = false
            noteAwaitedKeys()
        }
        serveReadyKeys()
        while let late = blockedClients.firstLate(at: clock.monotonicMicroseconds) {
            endBlock(of: late, withError: false)
        }
    }

    /// Answers a blocked client as if its time were over, or with an error.
    func endBlock(of blocked: BlockedClient, withError: Bool) {
        let client = blocked.client
        if !client.value.flags.contains(.skipsReply) {
            answer(client) { replies in
                if withError {
                    replies.error("UNBLOCKED client unblocked via CLIENT UNBLOCK")
                } else {
                    replies.nullArray()
                }
            }
        }
        if withError { countError("UNBLOCKED") }
        let command = table[blocked.command]
        command.value.statistics.calls &+= 1
        if withError { command.value.statistics.failed &+= 1 }
        // That nothing was there may be the work of records that are not safe yet.
        if keyspace.shared.value.footprint.isKept { client.value.gate.require(appendedOffset) }
        unpark(blocked)
    }
}
