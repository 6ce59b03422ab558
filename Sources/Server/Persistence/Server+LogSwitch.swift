import Bytes
import Commands
import Configuration
import Persistence
import Platform

// Switching the log on and off while the server runs.
extension Server {
    /// Begins to switch the log on: it counts as on once a base of the present data is in force.
    ///
    /// - Returns: what a client is told when it cannot be begun.
    func turnLogOn() -> String? {
        guard let appendLog = persistence.appendLog else { return nil }
        guard appendLog.phase == .off else { return nil }
        let directory = inDirectory(configuration.settings.appendOnly.directoryName)
        do throws(IOError) {
            if try world.fileSystem.status(of: directory) == nil {
                try world.fileSystem.createDirectory(directory)
            }
            // Something else may have its name.
            _ = try world.fileSystem.names(in: directory)
        } catch {
            log.warning("Can't open or create append-only dir \(directory): \(error.message)")
            return "Unable to turn on AOF. Check server logs."
        }
        guard hasRoom(for: .rewrite) else { return noRoomText }
        if isInUnit || persistence.snapshot != nil || isRewriting {
            persistence.isRewriteScheduled = true
            log.notice(
                "AOF was enabled but there is already another background operation. An AOF "
                    + "background was scheduled to start when possible.")
        } else {
            requestRewriteOrEnable()
        }
        return nil
    }

    /// Switches the log off. What it holds is made durable first; its files stay as they are.
    func turnLogOff() -> String? {
        guard let appendLog = persistence.appendLog else { return nil }
        persistence.isRewriteScheduled = false
        dropRewrite()
        guard appendLog.phase != .off else { return nil }
        flushExpiries()
        if let failure = appendLog.disable() {
            log.warning("Fail to fsync the AOF file: \(failure.lastError.message)")
        }
        followLogPhase()
        return nil
    }

    /// Ends a rewrite under way, without a result and without blame.
    func dropRewrite() {
        guard persistence.snapshot?.purpose == .rewrite else { return }
        dropSnapshot()
        persistence.appendLog?.cancelRewrite()
        persistence.rewriteBegan = nil
    }

    /// Ends a snapshot under way without a result. Its file is gone when this returns.
    func dropSnapshot() {
        guard let running = persistence.snapshot else { return }
        running.snapshot.drop()
        persistence.snapshot = nil
        care.remove(.snapshotFull)
    }
}
