import Bytes
import Configuration
import Keyspace
import Persistence
import Platform

// Work that no request asks for: a part of each turn, and the rounds that run `hz` times a second.
extension Server {
    /// What follows the requests of a turn.
    func runPeriodicWork() {
        if clock.monotonicMicroseconds >= nextRound {
            if !isPeriodicWorkPaused { runRound() }
            let interval = 1_000_000 / Int64(max(1, configuration.settings.process.frequency))
            nextRound = clock.monotonicMicroseconds + interval
        }
        if care.contains(.paused), !pause.isActive(at: clock.wallMilliseconds) { unpause() }
        serveWaiting()
        lookAfterBlockedClients()
        serveUnfinished()
        freeDetached()
        continueEviction()
        snapshotWait = continueSnapshot(isBusy: events.count > 0)
    }

    /// How long the next wait may last, in microseconds.
    func timeUntilNextWork() -> Int64 {
        let now = world.clock.monotonicMicroseconds
        let elapsed = UInt64(max(0, now - clock.monotonicMicroseconds))
        statistics.turnMicroseconds &+= elapsed
        statistics.turnMicrosecondsMax = max(statistics.turnMicrosecondsMax, elapsed)
        if keyspace.hasDetachedToFree || eviction.isUnderWay || !unfinished.isEmpty { return 0 }
        var moment = nextRound
        if let snapshotWait { moment = min(moment, now + snapshotWait) }
        if let deadline = persistence.appendLog?.nextDeadline { moment = min(moment, deadline) }
        if let deadline = nextWaitDeadline { moment = min(moment, deadline) }
        if let deadline = blockedClients.nextDeadline { moment = min(moment, deadline) }
        if care.contains(.paused) {
            // Nothing is waited for longer than to the next round, so a second stands for more.
            let rest = min(pause.until - clock.wallMilliseconds, 1000)
            moment = min(moment, clock.monotonicMicroseconds + rest * 1000)
        }
        return max(0, moment - now)
    }

    private func runRound() {
        roundCount &+= 1
        clock.calibrate()
        limits.slowTicks = slowTicks()
        limits.turnTicks = turnTicks()
        measureMemory()
        takeRates()
        checkClients()
        expireSome()
        guard persistence.loading == nil else { return }
        saveIfDue()
        followLogSize()
        followScrub()
        rewriteIfDue()
        trackMemory()
    }

    private func takeRates() {
        rates.take(
            ServerRates.Sample(
                time: clock.monotonicMicroseconds, commands: statistics.commands,
                bytesReceived: statistics.bytesReceived, bytesSent: statistics.bytesSent,
                turns: statistics.turns, turnMicroseconds: statistics.turnMicroseconds))
    }

    /// Threshold of the slow log or the latency monitor, whichever is lower.
    func slowTicks() -> UInt64 {
        let monitoring = configuration.settings.monitoring
        var microseconds = Int.max
        if monitoring.slowLogThreshold >= 0, monitoring.slowLogCountMax > 0 {
            microseconds = monitoring.slowLogThreshold
        }
        if monitoring.latencyThreshold > 0 {
            microseconds = min(microseconds, monitoring.latencyThreshold * 1000)
        }
        guard microseconds < .max else { return .max }
        // Nothing is quicker than no time: a threshold of zero catches everything.
        return microseconds == 0 ? 0 : clock.ticks(ofMicroseconds: microseconds)
    }

    // MARK: Expiry

    /// Share of its round that expiry may take, percent, at effort 1; each step adds 2.
    private static let expirySharePercent: Int64 = 25
    private static let expiryBucketsPerStep = 16

    /// Removes keys whose deadline has passed, in each database as long as that pays: while more
    /// than a few of those looked at had passed, up to a share of the time.
    func expireSome() {
        guard expiresActively, keyspace.shared.value.expiresOnAccess,
            !care.contains(.paused)
        else { return }
        let effort = Int64(configuration.settings.memory.expireEffort) - 1
        let interval = 1_000_000 / Int64(max(1, configuration.settings.process.frequency))
        let start = world.clock.monotonicMicroseconds
        let end = start + interval * (Self.expirySharePercent + 2 * effort) / 100
        for index in 0..<keyspace.databaseCount where keyspace[index].countWithDeadline > 0 {
            var examined = 0
            while true {
                let pass = keyspace[index].expireSome(buckets: Self.expiryBucketsPerStep)
                examined += pass.examined
                if world.clock.monotonicMicroseconds > end {
                    keyspace.shared.value.expiryCyclesCutShort &+= 1
                    return noteExpiry(since: start)
                }
                let isWorthIt = pass.expired * 10 > pass.examined
                if !isWorthIt || pass.examined == 0 { break }
            }
        }
        expireSomeFields(until: end)
        noteExpiry(since: start)
    }

    /// Removes fields of hashes whose deadline has passed, in the same way.
    private func expireSomeFields(until end: Int64) {
        for index in 0..<keyspace.databaseCount where keyspace[index].countWithFieldDeadlines > 0 {
            while true {
                let pass = keyspace[index].expireSomeFields(buckets: Self.expiryBucketsPerStep)
                if world.clock.monotonicMicroseconds > end {
                    keyspace.shared.value.expiryCyclesCutShort &+= 1
                    return
                }
                if pass.expired * 10 <= pass.examined { break }
            }
        }
    }

    private func noteExpiry(since start: Int64) {
        let elapsed = world.clock.monotonicMicroseconds - start
        statistics.expiryMicroseconds += elapsed
        noteLatency("expire-cycle", milliseconds: elapsed / 1000)
    }

    /// Buckets of flushed tables that a turn empties, about five entries each: fewer beside requests.
    private static let detachedBucketsPerBusyTurn = 64
    private static let detachedBucketsPerIdleTurn = 2048

    private func freeDetached() {
        guard keyspace.hasDetachedToFree else { return }
        keyspace.freeDetached(
            budget: events.count == 0
                ? Self.detachedBucketsPerIdleTurn : Self.detachedBucketsPerBusyTurn)
    }

    // MARK: Clients

    /// Closes clients that have been silent for too long, and looks after what grew.
    private func checkClients() {
        let timeout = Int64(configuration.settings.network.timeout)
        for client in clients.all {
            checkOutputLimit(client)
            endLateHandshake(of: client)
            guard timeout > 0, clock.monotonicSeconds - client.value.lastInteraction > timeout,
                client.value.flags.isDisjoint(
                    with: [.waiting, .monitor, .subscribed, .unfinished])
            else { continue }
            log.verbose("Closing idle client")
            closeSoon(client)
        }
    }

    // MARK: Save points and rewrites

    /// Seconds after a failed save before another is begun by itself.
    private static let saveRetrySeconds: Int64 = 5

    private func saveIfDue() {
        guard persistence.snapshot == nil, !isRewriting else { return }
        let now = clock.wallSeconds
        let mayTry =
            persistence.lastSaveSucceeded
            || now - persistence.lastSaveAttempt > Self.saveRetrySeconds
        guard mayTry else { return }
        if persistence.isSaveScheduled {
            persistence.isSaveScheduled = false
            _ = beginSaveIfItFits()
            return
        }
        for point in configuration.settings.snapshot.savePoints
        where persistence.changesSinceSave >= point.changes
            && now - persistence.lastSave > Int64(point.seconds)
        {
            _ = beginSaveIfItFits("\(point.changes) changes in \(point.seconds) seconds. Saving...")
            return
        }
    }

    private func rewriteIfDue() {
        guard persistence.snapshot == nil, !isRewriting, let appendLog = persistence.appendLog
        else { return }
        let now = clock.monotonicMicroseconds
        guard now >= persistence.nextRewriteAttempt else { return }
        if persistence.isRewriteScheduled {
            return begin(persistence.rewriteTrigger.decideScheduled(now: now))
        }
        guard appendLog.phase == .on, appendLog.health == .healthy else { return }
        let settings = configuration.settings.appendOnly
        begin(
            persistence.rewriteTrigger.decide(
                size: appendLog.currentSize, sizeAfterRewrite: appendLog.sizeAfterRewrite,
                growthPercent: UInt64(settings.rewritePercentage),
                sizeMin: UInt64(settings.rewriteSizeMin), now: now))
    }

    /// Microseconds after which it is looked again whether there is room for a rewrite.
    private static let roomInterval: Int64 = 1_000_000

    private func begin(_ action: RewriteTrigger.Action) {
        switch action {
        case .wait: return
        case .beginScheduled, .beginRewrite:
            guard hasRoom(for: .rewrite) else {
                persistence.nextRewriteAttempt = clock.monotonicMicroseconds + Self.roomInterval
                return
            }
            if case .beginRewrite(let growth) = action {
                log.notice("Starting automatic rewriting of AOF on \(growth)% growth")
            }
            requestRewriteOrEnable()
        case .tellLimit(let minutes):
            log.warning(
                "Background AOF rewrite has repeatedly failed and triggered the limit, will retry "
                    + "in \(minutes) minutes")
        }
    }

    /// Begins the rewrite that was scheduled; for a log that is to be switched on, the first one.
    func requestRewriteOrEnable() {
        guard let appendLog = persistence.appendLog else { return }
        guard appendLog.phase != .collecting else {
            // What failed is still being put away.
            persistence.isRewriteScheduled = true
            return
        }
        if configuration.settings.appendOnly.isEnabled, appendLog.phase == .off {
            persistence.isRewriteScheduled = false
            persistence.rewriteBegan = clock.wallSeconds
            appendLog.enable()
            followLogPhase()
        } else {
            requestRewrite()
        }
    }
}
