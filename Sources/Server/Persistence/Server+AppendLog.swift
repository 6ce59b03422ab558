import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import Platform
import RESP

// What the turns of the loop and the log have to do with each other.
extension Server {
    var appendedOffset: UInt64 { persistence.appendLog?.appended.value ?? 0 }

    /// Replies that depend on nothing behind this place may leave.
    var promisedOffset: UInt64 { persistence.appendLog?.promised.value ?? .max }

    func isDurable(_ offset: UInt64) -> Bool {
        guard let log = persistence.appendLog, log.phase == .on else { return false }
        return log.durable.value >= offset
    }

    /// Whether the log of this moment wants records.
    private var logsRecords: Bool {
        guard let log = persistence.appendLog else { return false }
        return log.phase != .off
    }

    /// Makes commands keep records, or not, as the log's phase asks.
    func followLogPhase() {
        let isKept = logsRecords
        execution.records.isKept = isKept
        expiries.isKept = isKept
        unit.isKept = isKept
        let log = persistence.appendLog
        keyspace.shared.value.footprint.keep(
            log?.phase == .on && log?.settings.fsync == .always)
    }

    // MARK: Recording

    /// Gives what a command left to the log, or to the unit that it belongs to, and ties the
    /// client's reply to it.
    func record(_ request: Request, of client: Reference<Client>) {
        guard let log = persistence.appendLog, log.phase != .off else { return }
        if !isInUnit, expiries.isEmpty, execution.records.isEmpty, !request.canonical.isEmpty {
            // The usual case: the client's own bytes.
            let offset = log.append(request.canonical, database: execution.database.index)
            return tie(client, to: offset.value)
        }
        collect(request)
        guard !isInUnit else { return }
        tie(client, to: flushUnit(to: log))
    }

    private func collect(_ request: Request) {
        unit.append(contentsOf: expiries)
        expiries.removeAll()
        let database = execution.database.index
        if execution.records.changes > 0, !execution.records.isReplaced {
            if request.canonical.isEmpty {
                unit.append(asTyped: request.arguments, database: database)
            } else {
                unit.append(request.canonical, database: database)
            }
        }
        unit.append(contentsOf: execution.records)
    }

    /// Gives the unit to the log: alone, or wrapped in MULTI and EXEC. Returns the place behind it.
    private func flushUnit(to log: AppendLog) -> UInt64 {
        guard !unit.isEmpty else { return log.appended.value }
        let isGroup = unit.count > 1
        if isGroup { log.beginGroup(database: unit[0].database) }
        for index in 0..<unit.count {
            let (database, record) = unit[index]
            _ = log.append(record, database: database)
        }
        if isGroup { _ = log.endGroup() }
        unit.removeAll()
        return log.appended.value
    }

    /// Ends the unit of a transaction.
    func endUnit(of client: Reference<Client>) {
        isInUnit = false
        execution.records.removeAll()
        guard !unit.isEmpty else { return }
        guard let log = persistence.appendLog, log.phase != .off else {
            // The transaction has switched the log off.
            return unit.removeAll()
        }
        tie(client, to: flushUnit(to: log))
    }

    private func tie(_ client: Reference<Client>, to offset: UInt64) {
        client.value.gate.require(offset)
        client.value.session.lastWriteOffset = offset
        if keyspace.shared.value.footprint.isKept {
            keyspace.shared.value.footprint.settle(at: offset)
        }
    }

    /// Gives records of expired keys to the log that no command took along.
    func flushExpiries() {
        guard !expiries.isEmpty, let log = persistence.appendLog, log.phase != .off else { return }
        for index in 0..<expiries.count {
            let (database, record) = expiries[index]
            _ = log.append(record, database: database)
        }
        expiries.removeAll()
        if keyspace.shared.value.footprint.isKept {
            keyspace.shared.value.footprint.settle(at: log.appended.value)
        }
        // Who heard of them hears it when they are as safe as a client's own changes.
        if !isInUnit { tieMessages(to: log.appended.value) }
    }

    // MARK: The end of a turn

    /// Time without a reply that could leave at once, after which every client counts as waiting
    /// for the disk anyway.
    private static let readerMemoryMicroseconds: Int64 = 20_000

    /// Puts the turn's records on their way.
    func endLogTurn() {
        guard let log = persistence.appendLog else { return }
        flushExpiries()
        if persistence.logRestMicroseconds > 0, log.bufferedBytes > 0 {
            world.clock.sleep(microseconds: persistence.logRestMicroseconds)
        }
        // Somebody who waits for no disk was served a moment ago and may come again: not inline.
        let everyoneWaits =
            clock.monotonicMicroseconds - lastServedReader > Self.readerMemoryMicroseconds
        log.endTurn(everyActiveClientWaits: everyoneWaits)
        if configuration.settings.monitoring.latencyThreshold > 0 { noteLatency(of: log) }
        while let event = log.nextEvent() { handle(event) }
        followLogHealth(log)
    }

    private func handle(_ event: AppendLogEvent) {
        switch event {
        case .beginSnapshot: beginRewriteSnapshot()
        case .rewriteFinished: finishRewrite()
        case .rewriteFailed(let error): failRewrite(error.message)
        case .rewriteNeeded: persistence.isRewriteScheduled = true
        }
        followLogPhase()
    }

    /// Refuses writes while the log cannot be written, lets them wait while it is far behind, and
    /// heals with it.
    private func followLogHealth(_ appendLog: AppendLog) {
        if appendLog.isOverLimit {
            care.insert(.logBehind)
        } else if care.contains(.logBehind) {
            care.remove(.logBehind)
        }
        if appendLog.hasHealTimedOut, appendLog.settings.fsync == .always { giveUpHealing() }
        let isHealthy: Bool
        switch appendLog.health {
        case .healthy: isHealthy = true
        case .healing, .refusing: isHealthy = appendLog.phase == .off
        }
        guard isHealthy == isLogFailing else { return }
        isLogFailing = !isHealthy
        updateDiskCare()
    }

    /// Tells the clients whose replies wait for a log that does not heal that nobody knows what
    /// became of their writes, and ends the server if that is configured.
    private func giveUpHealing() {
        let promised = promisedOffset
        let waiting = (outputs + recipients).filter {
            $0.value.gate.isClosed || $0.value.gate.required > promised
        }
        for client in waiting {
            let replies = client.value.replies
            client.value.gate.endTurn(buffered: replies.value.count, promised: promised)
            let open = client.value.gate.open(
                buffered: replies.value.count, promised: promised)
            replies.value.truncate(to: open)
            client.value.gate.reset()
            answer(client) { replies in
                replies.error(
                    "MISCONF The append-only log cannot be written: this write may or may not "
                        + "survive. The connection is closed.")
            }
            client.value.flags.insert(.closesAfterReply)
        }
        guard configuration.settings.appendOnly.exitsOnHealTimeout, !isStopping else { return }
        log.warning(
            "The append-only log has not healed for \(configuration.settings.appendOnly.healTimeout)"
                + " seconds, exiting as aof-exit-on-heal-timeout asks.")
        sendReplies()
        exitStatus = 1
        isStopping = true
    }

    /// Whether dispatch has to look at the state of the disk.
    func updateDiskCare() {
        let isSaveFailing =
            !persistence.lastSaveSucceeded && configuration.settings.snapshot.stopsWritesOnError
            && !configuration.settings.snapshot.savePoints.isEmpty
        if isSaveFailing || isLogFailing {
            care.insert(.diskError)
        } else {
            care.remove(.diskError)
        }
    }

    /// What a write is told while the disk fails; nothing for a deletion that makes room.
    func diskErrorText(isDeletion: Bool) -> CommandError? {
        let snapshot = configuration.settings.snapshot
        if !persistence.lastSaveSucceeded, snapshot.stopsWritesOnError, !snapshot.savePoints.isEmpty
        {
            return .text(
                """
                MISCONF Redis is configured to save RDB snapshots, but it's currently unable to \
                persist to disk. Commands that may modify the data set are disabled, because this \
                instance is configured to report errors during writes if RDB snapshotting fails \
                (stop-writes-on-bgsave-error option). Please check the Redis logs for details \
                about the RDB error.
                """)
        }
        guard let log = persistence.appendLog else { return nil }
        switch log.health {
        case .healthy: return nil
        case .healing(let failure), .refusing(let failure):
            if isDeletion, failure.lastError.isNoSpace { return nil }
            return .composed(
                "MISCONF Errors writing to the AOF file: \(failure.lastError.message)")
        }
    }
}
