import Bytes
import Configuration
import Keyspace
import Persistence
import Platform

// Snapshots: for a dump file (SAVE, BGSAVE, save points) and for a rewrite of the log. One at a
// time; the data thread takes slices of it in each turn.
extension Server {
    var isSaving: Bool { persistence.snapshot?.purpose == .save }

    /// Whether a rewrite of the log is under way, its snapshot or its files.
    var isRewriting: Bool {
        persistence.snapshot?.purpose == .rewrite || persistence.appendLog?.isRewriting == true
    }

    // MARK: Dump

    /// Begins a snapshot into the dump file.
    func beginSave() {
        precondition(persistence.snapshot == nil)
        persistence.lastSaveAttempt = clock.wallSeconds
        let plan = dumpPlan()
        log.notice("Background saving started by pid \(world.process.identifier)")
        start(plan, for: .save, path: plan.temporaryPath, isRDB: true)
    }

    /// Saves the dump file while everybody waits.
    ///
    /// - Returns: whether it is there.
    func saveNow() -> Bool {
        precondition(persistence.snapshot == nil)
        do throws(SnapshotFailure) {
            let result = try Snapshot.take(of: keyspace, dumpPlan(), in: world)
            learnSize(result.size, isRDB: true)
            noteSaved(changes: persistence.changesSinceSave)
            return true
        } catch {
            // Who asked is told; what is remembered is how saving by itself went.
            log.warning(error.description)
            return false
        }
    }

    private func dumpPlan() -> SnapshotPlan {
        let snapshot = configuration.settings.snapshot
        let temporary = SnapshotPlan.temporaryRDBName(pid: world.process.identifier)
        var plan = SnapshotPlan(
            content: .rdb(version: rdbVersion()),
            temporaryPath: inDirectory(temporary), publishedPath: inDirectory(snapshot.filename))
        plan.syncsIncrementally = snapshot.fsyncsInSteps
        fill(&plan, isBaseOfLog: false)
        return plan
    }

    /// The version in which the data set is written: the one that the directive names, or a later
    /// one where a key needs it, so that nothing is left out.
    private func rdbVersion() -> Int {
        let wanted = configuration.settings.snapshot.version
        let needed = RDBFormat.versionWithFieldDeadlines
        guard wanted < needed, let found = keyspace.keyWithFieldDeadlines else { return wanted }
        log.warning(
            "Writing RDB version \(needed) and not \(wanted) as rdb-version says: key "
                + "'\(found.key.text)' in DB \(found.database) has fields with a time to live, "
                + "which earlier versions cannot hold")
        return needed
    }

    private func fill(_ plan: inout SnapshotPlan, isBaseOfLog: Bool) {
        let settings = configuration.settings
        plan.compresses = settings.snapshot.compresses
        plan.checksums = settings.snapshot.hasChecksum
        plan.keySaveDelay = KeyDelay(microseconds: settings.snapshot.keySaveDelay)
        plan.queueLimit = settings.snapshot.queueLimit
        plan.usage = usage(for: settings.memory.policy)
        plan.functionLibraries = functions.libraries.all.map(\.code)
        plan.auxiliary = SnapshotPlan.auxiliary(
            version: ProductVersion.redis, now: clock.wallSeconds, usedMemory: Int(usedMemory),
            isBaseOfLog: isBaseOfLog)
    }

    private func usage(for policy: EvictionPolicy) -> SnapshotPlan.Usage {
        switch policy {
        case .allkeysLRU, .volatileLRU, .allkeysLRM, .volatileLRM: .idleSeconds
        case .allkeysLFU, .volatileLFU: .frequency
        case .allkeysRandom, .volatileRandom, .volatileTTL, .noeviction: .none
        }
    }

    /// The path of a file in `dir`.
    func inDirectory(_ name: String) -> String {
        FilePath.join(configuration.settings.storage.directory, name)
    }

    // MARK: Rewrite

    /// Asks for a rewrite of the log; its snapshot begins when the log's files are ready.
    func requestRewrite() {
        precondition(persistence.snapshot == nil)
        persistence.isRewriteScheduled = false
        persistence.rewriteBegan = clock.wallSeconds
        log.notice(
            "Background append only file rewriting started by pid \(world.process.identifier)")
        persistence.appendLog?.requestRewrite()
    }

    func beginRewriteSnapshot() {
        let (plan, path) = rewritePlan()
        if persistence.rewriteBegan == nil { persistence.rewriteBegan = clock.wallSeconds }
        start(
            plan, for: .rewrite, path: path,
            isRDB: configuration.settings.appendOnly.usesRDBPreamble)
    }

    /// What the base of a log is to contain, and where it is written.
    func rewritePlan() -> (plan: SnapshotPlan, path: String) {
        let settings = configuration.settings
        let timestamp = settings.appendOnly.hasTimestamps ? clock.wallSeconds : nil
        let path = inDirectory(
            SnapshotPlan.temporaryBaseName(pid: world.process.identifier))
        var plan = SnapshotPlan(
            content: settings.appendOnly.usesRDBPreamble
                ? .rdb(version: rdbVersion()) : .commands(timestamp: timestamp),
            temporaryPath: path, publishedPath: nil)
        plan.syncsIncrementally = settings.appendOnly.rewriteFsyncsInSteps
        fill(&plan, isBaseOfLog: true)
        return (plan, path)
    }

    /// The base is in force.
    func finishRewrite() {
        log.notice("Background AOF rewrite finished successfully")
        noteRewriteEnded(succeeded: true)
        persistence.rewriteTrigger.rewriteSucceeded()
        noteRepaired()
        persistence.rewrites += 1
    }

    func failRewrite(_ reason: String) {
        log.warning("Background AOF rewrite terminated with error: \(reason)")
        if persistence.snapshot?.purpose == .rewrite {
            persistence.snapshot?.isUnwanted = true
            persistence.snapshot?.snapshot.cancel()
        }
        noteRewriteEnded(succeeded: false)
        persistence.rewriteTrigger.rewriteFailed()
        // A log that is being switched on tries again until somebody switches it off.
        if configuration.settings.appendOnly.isEnabled, persistence.appendLog?.phase != .on {
            persistence.isRewriteScheduled = true
        }
    }

    private func noteRewriteEnded(succeeded: Bool) {
        persistence.lastRewriteSucceeded = succeeded
        persistence.lastRewriteSeconds =
            persistence.rewriteBegan.map { world.clock.wallSeconds - $0 } ?? -1
        persistence.rewriteBegan = nil
    }

    // MARK: Both

    private func start(
        _ plan: SnapshotPlan, for purpose: RunningSnapshot.Purpose, path: String, isRDB: Bool
    ) {
        let polling = polling
        let snapshot = Snapshot(of: keyspace, plan, in: world) { polling.wakeUp() }
        persistence.snapshotPace = SnapshotPace(
            share: Int64(configuration.settings.snapshot.sliceShare),
            now: world.clock.monotonicMicroseconds)
        persistence.snapshot = RunningSnapshot(
            purpose: purpose, snapshot: snapshot, changes: persistence.changesSinceSave,
            began: clock.wallSeconds, path: path, isRDB: isRDB)
    }

    /// Goes on with the snapshot under way, if it is its turn.
    ///
    /// - Parameter isBusy: whether the turn had requests.
    /// - Returns: how long the next wait for clients may last, in microseconds; nothing when the
    ///   snapshot's own thread has to go on first.
    func continueSnapshot(isBusy: Bool) -> Int64? {
        guard let running = persistence.snapshot else { return nil }
        let now = world.clock.monotonicMicroseconds
        let slice = persistence.snapshotPace.slice(at: now, isBusy: isBusy)
        let status = slice > 0 ? running.snapshot.proceed(for: slice) : nil
        // Also when it is not its turn: writers may be waiting for the queue.
        if running.snapshot.isFull {
            care.insert(.snapshotFull)
        } else {
            care.remove(.snapshotFull)
        }
        switch status {
        case nil: return SnapshotPace.waitMicroseconds
        case .walking: return persistence.snapshotPace.isIdle ? 0 : SnapshotPace.waitMicroseconds
        case .waiting, .finishing: return nil
        case .ended(let outcome):
            persistence.snapshot = nil
            end(running, outcome)
            return nil
        }
    }

    /// Ends the snapshot under way, while everybody waits.
    func finishSnapshot() {
        guard let running = persistence.snapshot else { return }
        let outcome = running.snapshot.finish()
        persistence.snapshot = nil
        end(running, outcome)
    }

    /// Every key is gone: what a dump under way or on the disk holds is of the past.
    ///
    /// With save points the dump file is replaced at once, so that a restart does not bring back
    /// what was meant to go.
    ///
    /// - Returns: whether that is so.
    func followFlush() -> Bool {
        if isSaving { dropSnapshot() }
        guard !configuration.settings.snapshot.savePoints.isEmpty, persistence.loading == nil else {
            return false
        }
        guard persistence.snapshot == nil else {
            // A rewrite is under way, and there is one snapshot at a time.
            persistence.isSaveScheduled = true
            return false
        }
        let saves = persistence.saves
        let isSaved = saveNow()
        persistence.saves = saves
        return isSaved
    }

    private func end(
        _ running: RunningSnapshot, _ outcome: Result<SnapshotResult, SnapshotFailure>
    ) {
        care.remove(.snapshotFull)
        // The failure was told when the log gave up; a file that was finished before is left over.
        if running.isUnwanted {
            if case .success = outcome { try? world.fileSystem.removeIfPresent(running.path) }
            return
        }
        if case .success(let result) = outcome { learnSize(result.size, isRDB: running.isRDB) }
        switch (running.purpose, outcome) {
        case (.save, .success):
            log.notice("Background saving terminated with success")
            noteSaved(changes: running.changes)
            persistence.lastSaveSeconds = persistence.lastSave - running.began
        case (.save, .failure(let failure)):
            log.warning("Background saving error")
            persistence.lastSaveSeconds = world.clock.wallSeconds - running.began
            log.warning(failure.description)
            noteSaveFailed()
        case (.rewrite, .success):
            noteVerified(running.path)
            log.notice("Successfully created the temporary AOF base file \(running.path)")
            log.notice("Background AOF rewrite terminated with success")
            persistence.appendLog?.finishRewrite(base: running.path, isRDB: running.isRDB)
        case (.rewrite, .failure(let failure)):
            persistence.appendLog?.cancelRewrite()
            failRewrite(failure.description)
        }
        followLogPhase()
    }

    private func noteSaved(changes: Int) {
        log.notice("DB saved on disk")
        persistence.changesSinceSave -= changes
        persistence.lastSave = world.clock.wallSeconds
        persistence.lastSaveSucceeded = true
        persistence.consecutiveSaveFailures = 0
        persistence.saves += 1
        noteVerified(inDirectory(configuration.settings.snapshot.filename))
        updateDiskCare()
    }

    func noteSaveFailed() {
        persistence.lastSaveSucceeded = false
        persistence.consecutiveSaveFailures += 1
        updateDiskCare()
    }

    private func noteVerified(_ path: String) {
        persistence.lastVerified = (world.clock.wallMilliseconds, path)
    }
}
