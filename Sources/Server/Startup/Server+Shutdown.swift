import Bytes
import Configuration
import Persistence
import Platform

/// How a shutdown is to be done: the words of SHUTDOWN and of `shutdown-on-sigterm`.
struct ShutdownOptions: OptionSet {
    let rawValue: Int

    static let save = ShutdownOptions(rawValue: 1)
    static let noSave = ShutdownOptions(rawValue: 2)
    static let now = ShutdownOptions(rawValue: 4)
    static let force = ShutdownOptions(rawValue: 8)
    /// Whoever sends a signal kills next: a log that cannot be made durable is told by the status.
    static let endsRegardlessOfLog = ShutdownOptions(rawValue: 16)

    init(rawValue: Int) { self.rawValue = rawValue }

    init(_ words: ShutdownWords) {
        var options: ShutdownOptions = []
        if words.contains(.save) { options.insert(.save) }
        if words.contains(.nosave) { options.insert(.noSave) }
        if words.contains(.now) { options.insert(.now) }
        if words.contains(.force) { options.insert(.force) }
        self = options
    }
}

extension Server {
    /// Looks at the signals that came in, as if they were requests.
    func takeSignals() {
        let signals = world.process.takeSignals()
        guard !signals.isEmpty else { return }
        let settings = configuration.settings.process
        if signals.contains(.interrupt) {
            log.warning("Received SIGINT scheduling shutdown...")
            shutDownBySignal(ShutdownOptions(settings.shutdownOnInterrupt))
        } else if signals.contains(.terminate) {
            log.warning("Received SIGTERM scheduling shutdown...")
            shutDownBySignal(ShutdownOptions(settings.shutdownOnTerminate))
        }
    }

    private func shutDownBySignal(_ options: ShutdownOptions) {
        if !shutDown(options.union(.endsRegardlessOfLog)) {
            log.warning(
                "Errors trying to shut down the server. Check the logs for more information.")
            world.process.forgetRequestToEnd()
        }
    }

    /// Makes everything durable that is to be, and stops the loop.
    ///
    /// - Returns: false when something failed that must not be lost without FORCE; the server then
    ///   goes on.
    func shutDown(_ options: ShutdownOptions) -> Bool {
        var options = options
        if persistence.loading != nil {
            options.remove(.save)
            options.insert(.noSave)
        }
        log.warning("User requested shutdown...")
        _ = world.process.notifySupervisor("STOPPING=1\n")
        guard endSnapshot(options), endLog(options), saveFinally(options) else { return false }
        endScrub()
        endLazyFreeing()
        stopListening()
        if !configuration.settings.process.pidFile.isEmpty
            || configuration.settings.process.isDaemon
        {
            log.notice("Removing the pid file.")
            try? world.fileSystem.removeIfPresent(pidFilePath)
        }
        sendLastReplies()
        endIOThreads()
        log.warning("Redis is now ready to exit, bye bye...")
        isStopping = true
        return true
    }

    private func endSnapshot(_ options: ShutdownOptions) -> Bool {
        guard let running = persistence.snapshot else { return true }
        switch running.purpose {
        case .save:
            log.warning("There is a child saving an .rdb. Killing it!")
        case .rewrite:
            if persistence.appendLog?.phase == .collecting, !options.contains(.force) {
                log.warning("Writing initial AOF, can't exit.")
                return false
            }
            log.warning("There is a child rewriting the AOF. Killing it!")
        }
        dropSnapshot()
        if running.purpose == .rewrite { persistence.appendLog?.cancelRewrite() }
        persistence.rewriteBegan = nil
        return true
    }

    /// Makes the log durable. What cannot be made so is told, and told again by the exit status.
    private func endLog(_ options: ShutdownOptions) -> Bool {
        guard let appendLog = persistence.appendLog, appendLog.phase != .off else { return true }
        flushExpiries()
        log.notice("Calling fsync() on the AOF file.")
        guard let failure = appendLog.flush() else { return true }
        log.warning("Fail to fsync the AOF file: \(failure.lastError.message)")
        if !options.isDisjoint(with: [.force, .now, .endsRegardlessOfLog]) {
            log.warning(
                "The last \(appendLog.unsyncedBytes) bytes of the append-only log may not survive "
                    + "the loss of power; exiting with status 1.")
            exitStatus = 1
            return true
        }
        log.warning("Records that are not durable would be lost, can't exit.")
        return false
    }

    private func saveFinally(_ options: ShutdownOptions) -> Bool {
        let hasSavePoints = !configuration.settings.snapshot.savePoints.isEmpty
        guard options.contains(.save) || (hasSavePoints && !options.contains(.noSave)) else {
            return true
        }
        log.notice("Saving the final RDB snapshot before exiting.")
        _ = world.process.notifySupervisor("STATUS=Saving the final RDB snapshot\n")
        if saveNow() { return true }
        guard options.contains(.force) else {
            log.warning("Error trying to save the DB, can't exit.")
            _ = world.process.notifySupervisor("STATUS=Error trying to save the DB, can't exit.\n")
            return false
        }
        exitStatus = 1
        return true
    }

    /// Sends what was answered before the end, as far as the sockets take it.
    private func sendLastReplies() {
        endLogTurn()
        sendReplies()
    }

    var pidFilePath: String {
        let path = configuration.settings.process.pidFile
        return path.isEmpty ? "/var/run/redis.pid" : path
    }
}
