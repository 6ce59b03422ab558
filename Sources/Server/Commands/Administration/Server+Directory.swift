import Bytes
import Configuration
import Persistence
import Platform

// CONFIG SET dir: the files of the server are elsewhere from then on.
extension Server {
    /// Goes to the directory that the settings name, and claims it.
    ///
    /// - Returns: why it cannot be done; everything is then as it was.
    func moveToDirectory() -> String? {
        if let appendLog = persistence.appendLog, appendLog.phase != .off || appendLog.isRewriting {
            return "The append-only log is on in the present directory; switch it off first"
        }
        let fileSystem = world.fileSystem
        do throws(IOError) {
            let former = try fileSystem.workingDirectory()
            try fileSystem.changeWorkingDirectory(configuration.settings.storage.directory)
            do throws(IOError) {
                let directory = try fileSystem.workingDirectory()
                configuration.settings.storage.directory = directory
                guard directory != former, let reason = try takeOver(directory) else { return nil }
                try fileSystem.changeWorkingDirectory(former)
                return reason
            } catch {
                try fileSystem.changeWorkingDirectory(former)
                throw error
            }
        } catch {
            return error.message
        }
    }

    /// Claims a directory, and lets the log go on behind what lies there.
    private func takeOver(_ directory: String) throws(IOError) -> String? {
        let judgement = try Judge.examine(world.fileSystem, recoverySettings)
        if judgement.recovered.manifest.isEmpty, case .refuse(let refusal) = judgement.verdict {
            return refusal.reason
        }
        if let reason = claim(directory) { return reason }
        guard let former = persistence.appendLog else { return nil }
        var recovered = judgement.recovered
        // Offsets only grow: clients may wait for some.
        recovered.end = max(recovered.end, former.appended)
        _ = former.shutDown()
        persistence.appendLog = makeLog(recovered)
        return nil
    }

    /// Takes the lock of a directory instead of the one that is held. One that cannot be written
    /// needs none.
    private func claim(_ directory: String) -> String? {
        let path = FilePath.join(directory, Self.lockName)
        guard let outcome = try? world.fileSystem.lock(path) else {
            directoryLock = nil
            return nil
        }
        switch outcome {
        case .acquired(let lock): directoryLock = lock
        case .held: return "The directory is in use by another server"
        }
        return nil
    }
}
