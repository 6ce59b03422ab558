import Configuration
import Persistence
import Platform

// Room on the disk: what the next snapshot needs, what there is, and whether it may begin.
extension Server {
    /// Bytes of the data in memory, without buffers and fixed costs.
    var datasetSize: UInt64 {
        let dataset = InfoMemory(self).dataset
        return dataset - min(dataset, UInt64(persistence.appendLog?.bufferSize ?? 0))
    }

    /// Room on the file system of `dir`; nil when it cannot be measured.
    var diskSpace: DiskSpace? {
        try? world.fileSystem.space(at: configuration.settings.storage.directory)
    }

    /// Bytes of room that a dump, or the base of a rewritten log, needs beside what is there.
    func sizeNeeded(for purpose: DiskBudget.Purpose) -> UInt64 {
        let isRDB = purpose == .save || configuration.settings.appendOnly.usesRDBPreamble
        return persistence.estimate.size(dataset: datasetSize, isRDB: isRDB)
    }

    /// Whether the disk has room for a snapshot; what it lacks is told and remembered.
    func hasRoom(for purpose: DiskBudget.Purpose) -> Bool {
        guard configuration.settings.snapshot.checksSpace else {
            persistence.diskBudget.clear()
            return true
        }
        let now = clock.wallMilliseconds
        let isAllowed = persistence.diskBudget.allows(
            purpose, needing: sizeNeeded(for: purpose), of: diskSpace?.available, at: now)
        if !isAllowed, persistence.diskBudget.takeLine(at: now),
            let refusal = persistence.diskBudget.refusal
        {
            log.warning(
                "Not enough disk space: \(refusal.text). It is not begun; make room, or set "
                    + "disk-space-check to no to try all the same.")
        }
        return isAllowed
    }

    /// Begins a dump, unless the disk has no room for it: then that is a dump that failed.
    ///
    /// - Parameter reason: a line for the log.
    func beginSaveIfItFits(_ reason: String? = nil) -> Bool {
        guard hasRoom(for: .save) else {
            persistence.lastSaveAttempt = clock.wallSeconds
            noteSaveFailed()
            return false
        }
        if let reason { log.notice(reason) }
        beginSave()
        return true
    }

    /// What a client is told whose snapshot does not fit.
    var noRoomText: String {
        "Not enough disk space: \(persistence.diskBudget.refusal?.text ?? "")"
    }

    /// Takes note of how large the file of the present data became.
    func learnSize(_ size: UInt64, isRDB: Bool) {
        persistence.estimate.learn(size: size, dataset: datasetSize, isRDB: isRDB)
    }
}
