import Bytes
import Configuration
import Persistence
import Platform

extension Server {
    /// Loads what the judge found, and opens the log.
    func load() throws(StartupFailure) {
        let polling = polling
        let serverLog = log
        let settings = configuration.settings
        let appendLog = AppendLog(
            world, settings: settings.appendOnly,
            recovered: RecoveredLog(directory: inDirectory(settings.appendOnly.directoryName)),
            wake: { polling.wakeUp() },
            notify: { notice in serverLog.warning(notice.text) })
        persistence.appendLog = appendLog
        guard settings.appendOnly.isEnabled else { return }
        do throws(IOError) {
            try appendLog.open(base: nil, isRDB: true)
        } catch {
            throw StartupFailure(status: 1)
        }
        followLogPhase()
    }
}
