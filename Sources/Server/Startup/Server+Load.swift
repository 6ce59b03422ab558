import Bytes
import Commands
import Configuration
import Keyspace
import Persistence
import Platform

// From what lies on the disk to a data set that is served: judge, load, put the disk in order, open
// the log. Nothing on the disk changes before everything has been read.
extension Server {
    var recoverySettings: RecoverySettings {
        let settings = configuration.settings
        return RecoverySettings(
            log: settings.appendOnly, directory: settings.storage.directory,
            dumpName: settings.snapshot.filename,
            verifiesDumps: settings.snapshot.hasChecksum)
    }

    /// Loads what the judge found, and opens the log.
    func load() throws(StartupFailure) {
        let judgement: Judgement
        do throws(IOError) {
            judgement = try Judge.examine(world.fileSystem, recoverySettings)
        } catch {
            log.warning("Fatal error reading the data directory: \(error). Exiting.")
            throw StartupFailure(status: 1)
        }
        for notice in judgement.notices { log.write(notice) }
        try openLog(try load(judgement))
        keyspace.shared.value.expiresOnAccess = true
    }

    /// Where the log goes on, and what is still to be done to the disk before it can.
    private struct LoadedLog {
        var recovered: RecoveredLog
        var repair: LogRepair?
    }

    private func load(_ judgement: Judgement) throws(StartupFailure) -> LoadedLog {
        switch judgement.verdict {
        case .startEmpty: break
        case .loadDump(let path), .convertDump(let path):
            do throws(LoadFailure) {
                try loadDump(path)
                learnLoaded(path)
            } catch {
                fail(error)
                log.warning("Fatal error loading the DB, check server logs. Exiting.")
                throw StartupFailure(status: 1)
            }
        case .loadLog(let plan):
            for notice in plan.notices { log.write(notice) }
            do throws(LoadFailure) {
                try loadLog(plan)
                learnLoaded(plan)
            } catch {
                fail(error)
                throw StartupFailure(status: 1)
            }
            return try apply(plan)
        case .refuse(let refusal):
            for line in refusal.logLines { log.warning(line) }
            throw StartupFailure(status: 1)
        }
        return LoadedLog(recovered: judgement.recovered)
    }

    /// Learns from a file that was loaded how large the next one will be.
    private func learnLoaded(_ path: String) {
        guard let size = try? world.fileSystem.status(of: path)?.size else { return }
        learnSize(size, isRDB: true)
    }

    /// The same of a log, if it is mostly a base.
    private func learnLoaded(_ plan: LogPlan) {
        guard let base = plan.files.first, base.kind == .base else { return }
        let share = 10
        guard plan.totalSize - base.validSize < base.validSize / share else { return }
        learnSize(UInt64(base.validSize), isRDB: base.headSize == base.validSize)
    }

    private func fail(_ failure: LoadFailure) {
        for line in failure.logLines { log.warning(line) }
    }

    /// Puts the disk in order. A full disk does not keep the data from being served: it is put in
    /// order when there is room, and until then no write is accepted.
    private func apply(_ plan: LogPlan) throws(StartupFailure) -> LoadedLog {
        let (fileSystem, settings, log) = (world.fileSystem, recoverySettings, log)
        let seconds = world.clock.wallSeconds
        let repair = { @Sendable () throws(IOError) -> RecoveredLog in
            try plan.apply(fileSystem, settings, at: seconds, notify: { log.write($0) })
        }
        do throws(IOError) {
            return LoadedLog(recovered: try repair())
        } catch {
            // A log from before Redis 7 is moved, which cannot be tried again piece by piece.
            guard !error.isNoSpace || plan.adopted != nil else {
                log.warning(
                    "The disk is full (\(error)), so the append-only log cannot be put in order "
                        + "yet. What it holds is served. Writes are refused until there is room.")
                return LoadedLog(
                    recovered: plan.recovered(settings),
                    repair: LogRepair(error: error, perform: repair))
            }
            log.warning("Cannot put the append-only log in order: \(error). Exiting.")
            throw StartupFailure(status: 1)
        }
    }

    /// Makes the log, and turns it on when the settings say so.
    private func openLog(_ loaded: LoadedLog) throws(StartupFailure) {
        let settings = configuration.settings
        let appendLog = makeLog(loaded.recovered)
        persistence.appendLog = appendLog
        guard settings.appendOnly.isEnabled else { return }
        do throws(IOError) {
            if let repair = loaded.repair {
                try appendLog.open(after: repair)
                return followLogPhase()
            }
            let isRDB = settings.appendOnly.usesRDBPreamble
            let base = appendLog.needsBase ? try makeFirstBase() : nil
            try appendLog.open(base: base, isRDB: isRDB)
        } catch {
            log.warning("Can't open or create the append-only log: \(error). Exiting.")
            throw StartupFailure(status: 1)
        }
        followLogPhase()
    }

    /// Makes the log, switched off.
    func makeLog(_ recovered: RecoveredLog) -> AppendLog {
        let (polling, serverLog) = (polling, log)
        return AppendLog(
            world, settings: configuration.settings.appendOnly, recovered: recovered,
            wake: { polling.wakeUp() }, notify: { serverLog.write($0) })
    }

    /// Writes what is in memory as the base of a new log. Returns its path.
    private func makeFirstBase() throws(IOError) -> String {
        let (plan, path) = rewritePlan()
        do throws(SnapshotFailure) {
            _ = try Snapshot.take(of: keyspace, plan, in: world)
            return path
        } catch {
            log.warning(error.description)
            throw error.ioError
                ?? IOError(code: SystemCode.inputOutput, operation: .write, path: path)
        }
    }

    // MARK: While loading

    /// Makes commands answer that the data set is not there yet.
    func beginLoading(totalBytes: UInt64) {
        refreshClock()
        persistence.loading = LoadingState(began: clock.wallSeconds, totalBytes: totalBytes)
        care.insert(.loading)
        keyspace.shared.value.expiresOnAccess = false
    }

    func endLoading() {
        persistence.loading = nil
        care.remove(.loading)
        keyspace.shared.value.expiresOnAccess = true
        refreshClock()
    }

    /// Serves what clients may ask while a data set is loaded.
    ///
    /// - Parameter microseconds: how long to wait for somebody.
    func serveWhileLoading(_ loadedBytes: UInt64, waiting microseconds: Int64 = 0) {
        persistence.loading?.loadedBytes = loadedBytes
        guard !persistence.isReloading else { return }
        let (replies, database, isReplaying) = (
            execution.replies, execution.database, execution.isReplaying
        )
        execution.isReplaying = false
        waitForEvents(timeoutMicroseconds: microseconds)
        refreshClock()
        for index in 0..<events.count { serve(events[index]) }
        takeSignals()
        runPeriodicWork()
        sendReplies()
        freeClosing()
        if isStopping { world.process.exit(exitStatus) }
        execution.replies = replies
        execution.database = database
        execution.isReplaying = isReplaying
    }
}
