import Configuration
import Keyspace
import Persistence
import Platform

/// What `DURABILITY` tells and judges: the facts of one moment, as plain values, so that each advice
/// is a function that can be tested alone.
struct DurabilityFacts {
    /// The append-only log.
    struct Log {
        var isEnabled = false
        /// As INFO's `aof_state`.
        var state = "off"
        var failure: LogFailure?
        var unsyncedBytes = 0
        /// Age of the oldest of them.
        var unsyncedMilliseconds: Int64 = 0
        var appended: UInt64 = 0
        var written: UInt64 = 0
        var durable: UInt64 = 0
        /// Bytes of all its files, and of what a rewrite left.
        var size: UInt64 = 0
        var sizeAfterRewrite: UInt64 = 0
        var isRewriting = false
        var isRewriteScheduled = false
        var lastRewriteSucceeded = true
        /// Rewrites that failed since one succeeded.
        var rewriteFailures = 0
        /// What `aof-max-size` refuses.
        var refusal = LogSizeLimit.Refusal.nothing
    }

    /// The reading of the log's files in the background.
    struct Scrub {
        var isRunning = false
        var report: ScrubReport?
        /// Since the last pass came to an end; nil when none did.
        var secondsSincePass: Int64?
        var damage: ScrubDamage?
        /// Whether a rewrite is going to replace what is damaged by itself.
        var repairsItself = true
        var repairs: UInt64 = 0
    }

    /// The dump, and the snapshots that were read back.
    struct Dump {
        var isSaving = false
        var changesSinceSave = 0
        /// Seconds since the last save; since the start before the first.
        var secondsSinceSave: Int64 = 0
        var lastSucceeded = true
        var failures: UInt64 = 0
        var verifiedFile = ""
        /// Nil when none was read back since the start.
        var secondsSinceVerified: Int64?
    }

    struct Disk {
        /// Bytes; nil when they could not be measured.
        var space: DiskSpace?
        var rewriteSize: UInt64 = 0
        var dumpSize: UInt64 = 0
        var refusal: DiskBudget.Refusal?
    }

    /// A directory that data is written to.
    struct Directory {
        var path = ""
        /// Nil when it is not there.
        var status: FileStatus?
        /// Why it could not be looked at.
        var problem: String?
    }

    var settings = Settings()
    var isLoading = false
    var keyCount = 0
    var uptimeSeconds: Int64 = 0
    var log = Log()
    var scrub = Scrub()
    var dump = Dump()
    var disk = Disk()
    var directories: [Directory] = []
    var host = HostFacts()
    /// The number of the user that the server runs as.
    var user: UInt32 = 0
    /// Calls of commands that speak of data somebody counts on: EXEC and WAITAOF.
    var carefulCalls: UInt64 = 0

    init() {}

    init(_ server: Server) {
        settings = server.configuration.settings
        isLoading = server.persistence.loading != nil
        keyCount = server.keyspace.count
        let moment = InfoMoment(server)
        uptimeSeconds = moment.uptimeSeconds
        log = Log(moment)
        scrub = Scrub(moment)
        dump = Dump(moment)
        disk = Disk(
            space: server.diskSpace, rewriteSize: server.sizeNeeded(for: .rewrite),
            dumpSize: server.sizeNeeded(for: .save),
            refusal: server.persistence.diskBudget.refusal)
        directories = [Directory(settings.storage.directory, server.world.fileSystem)]
        if settings.appendOnly.isEnabled {
            let path = server.inDirectory(settings.appendOnly.directoryName)
            directories.append(Directory(path, server.world.fileSystem))
        }
        host = server.world.process.host()
        user = server.world.process.user
        carefulCalls = server.table.calls(of: ["exec", "waitaof"])
    }
}

extension DurabilityFacts.Log {
    fileprivate init(_ moment: InfoMoment) {
        let persistence = moment.persistence
        isEnabled = moment.settings.appendOnly.isEnabled
        (state, failure) = moment.logState
        isRewriting = moment.server.isRewriting
        isRewriteScheduled = persistence.isRewriteScheduled
        lastRewriteSucceeded = persistence.lastRewriteSucceeded
        rewriteFailures = persistence.rewriteTrigger.consecutiveFailures
        refusal = persistence.sizeLimit.refusal
        guard let log = moment.appendLog else { return }
        unsyncedBytes = log.unsyncedBytes
        unsyncedMilliseconds = log.unsyncedMicroseconds / 1000
        appended = log.appended.value
        written = log.written.value
        durable = log.durable.value
        size = log.currentSize
        sizeAfterRewrite = log.sizeAfterRewrite
    }
}

extension DurabilityFacts.Scrub {
    fileprivate init(_ moment: InfoMoment) {
        let state = moment.persistence.scrub
        isRunning = state.running != nil
        damage = state.damage
        repairsItself = state.repairsTried < ScrubState.repairsTriedMax || moment.server.isRewriting
        repairs = state.repairs
        guard let last = state.last else { return }
        report = last.report
        secondsSincePass = max(
            0, (moment.server.clock.wallMilliseconds - last.milliseconds) / 1000)
    }
}

extension DurabilityFacts.Dump {
    fileprivate init(_ moment: InfoMoment) {
        let persistence = moment.persistence
        let clock = moment.server.clock
        isSaving = moment.server.isSaving
        changesSinceSave = persistence.changesSinceSave
        secondsSinceSave = max(0, clock.wallSeconds - persistence.lastSave)
        lastSucceeded = persistence.lastSaveSucceeded
        failures = persistence.consecutiveSaveFailures
        guard let verified = persistence.lastVerified else { return }
        verifiedFile = verified.path
        secondsSinceVerified = max(0, (clock.wallMilliseconds - verified.milliseconds) / 1000)
    }
}

extension DurabilityFacts.Directory {
    init(_ path: String, _ fileSystem: any FileSystem) {
        self.path = path
        do throws(IOError) {
            status = try fileSystem.status(of: path)
        } catch {
            problem = error.message
        }
    }
}
