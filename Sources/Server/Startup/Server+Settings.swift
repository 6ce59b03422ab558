import Bytes
import Commands
import Configuration
import Keyspace
import Persistence

extension Server {
    /// Carries the settings to the places that keep a copy of what they need.
    func applySettings() {
        let settings = configuration.settings
        limits.queryBuffer = settings.clients.queryBufferLimit
        limits.bulkCount = Int64(settings.clients.bulkLengthMax)
        limits.output = settings.clients.outputBufferLimits.normal
        limits.pubSubOutput = settings.clients.outputBufferLimits.pubsub
        limits.slowTicks = slowTicks()
        limits.turnTicks = turnTicks()
        limits.tracksLatency = settings.monitoring.tracksLatency
        measureRemovals(settings.monitoring.latencyThreshold > 0)
        limits.interruptsScripts = settings.clients.busyReplyThreshold > 0

        execution.settings.stringCountMax = settings.clients.bulkLengthMax
        execution.settings.deletesLazily = settings.memory.lazyUserDelete
        execution.settings.removesLazily = settings.memory.lazyServerDelete
        execution.settings.expiresLazily = settings.memory.lazyExpire
        execution.settings.flushesLazily = settings.memory.lazyUserFlush
        execution.settings.databaseCount = settings.storage.databases
        keyspace.shared.value.freesLazily.expired = settings.memory.lazyExpire
        keyspace.shared.value.freesLazily.evicted = settings.memory.lazyEviction
        keyspace.shared.value.freesLazily.overwritten = settings.memory.lazyServerDelete
        keyspace.shared.value.encodings = settings.encodings
        let events = settings.storage.keyspaceEvents
        let hasChannel = !events.isDisjoint(with: [.keyspace, .keyevent])
        keyspace.shared.value.events = hasChannel ? events : []

        keyspace.shared.value.evictionClock.subject = settings.memory.policy.clockSubject
        keyspace.shared.value.evictionClock.logFactor = settings.memory.lfuLogFactor
        keyspace.shared.value.evictionClock.decayMinutes = settings.memory.lfuDecayTime

        applyMemoryLimit()
        applyClientMemoryLimit()
        set(.replicasMissing, settings.replication.replicasToWriteMin > 0)
        log.apply(settings.logging)
        persistence.appendLog?.settings = settings.appendOnly
        limitTrackedKeys()
        slowLog.trim(to: settings.monitoring.slowLogCountMax)
        updateDiskCare()
        followLogPhase()
    }

    func set(_ flag: ServerCare, _ isOn: Bool) {
        if isOn { care.insert(flag) } else { care.remove(flag) }
    }

    func unpause() {
        pause.end()
        care.remove(.paused)
    }
}
