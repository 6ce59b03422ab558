import Bytes
import Platform

// After a write or a sync failed, everything from `kept` on is written to a fresh increment as one
// batch, synchronized, and listed. The file that failed may hold some of these bytes as well, and
// replaying them twice would be wrong, so it is cut back to `kept`. With batch lines the cut
// may come after the new list: the head line of the fresh increment says where it begins, and
// recovery drops what an earlier file holds beyond that. Without them the cut comes first, since
// the earlier file may not tell which offset it begins with.

extension LogTail {
    /// Tries to write what is retained elsewhere; ends the failure when it succeeds.
    func heal() {
        guard var failure, !isCollecting else { return }
        if isWriteFailure { synchronizeTaken() }
        do throws(IOError) {
            try performRepair()
            try moveToFreshIncrement()
            self.failure = nil
            notify(Notice(.warning, "AOF write error looks solved, Redis can write again."))
            checkInvariants()
        } catch {
            failure.failedAttempts += 1
            failure.lastError = error
            self.failure = failure
            // The first attempt says why; later ones, a second apart, only twice a minute.
            if failure.failedAttempts % 30 == 1 {
                notify(Notice(.warning, "Error writing to a new AOF file: \(error)"))
            }
        }
    }

    /// Makes durable what the file took before a write failed, so that only the rest has to be
    /// written elsewhere: on a full disk there may be no room for more.
    ///
    /// Tried once. When it fails, the kernel may have dropped any of it, and all is written again.
    private func synchronizeTaken() {
        isWriteFailure = false
        guard let file, let entry, written.offset > kept.offset else { return }
        do throws(IOError) {
            try file.synchronize()
        } catch {
            if kept.offset > durable { hasHole = true }
            return
        }
        if !hasHole { durable = written.offset }
        retained.removeFirst(written.offset.distance(from: kept.offset))
        kept = written
        let path = files.path(entry.name)
        for index in abandoned.indices where abandoned[index].path == path {
            abandoned[index].size = kept.fileSize
        }
    }

    /// Makes durable what the failed file holds up to `kept`; only `appendfsync no` leaves any.
    ///
    /// When that fails too, nothing in memory can replace it.
    private func synchronizeKept() {
        guard let file, kept.offset > durable, !hasHole else { return }
        do throws(IOError) {
            try file.synchronize()
            durable = kept.offset
        } catch {
            hasHole = true
        }
    }

    private func moveToFreshIncrement() throws(IOError) {
        synchronizeKept()
        let fresh = try files.createIncrement(from: kept.offset)
        let end = kept.offset.advanced(by: retained.count)
        var batch = LogBatch()
        batch.hasLine = true
        batch.end = end
        batch.bytes.appendBatchLinePlace()
        if let database = kept.database { batch.bytes.appendSelect(database) }
        retained.copy(to: &batch.bytes)
        let checksum = batch.bytes.sealBatch(
            end: end, durable: kept.offset, previous: fresh.checksum)
        do throws(IOError) {
            try fresh.file.writeAll(batch.bytes.bytes)
            if !hasLines {
                try fresh.file.synchronize()
                try cutAbandoned()
            }
            try files.list(fresh)
        } catch {
            abandonIfListed(fresh)
            throw error
        }
        if hasLines { try? cutAbandoned() }
        abandoned = []
        if let entry { files.setSize(kept.fileSize, of: entry.name) }
        use(
            fresh.file, fresh.entry, size: fresh.size + UInt64(batch.bytes.count),
            checksum: checksum)
        written.offset = end
        written.database = endDatabase ?? kept.database
        if !hasHole { durable = end }
        kept = written
        retained.removeAll()
    }

    /// A fresh increment that an unsure list already names stays, and counts only up to its start.
    private func abandonIfListed(_ fresh: FreshIncrement) {
        files.discard(fresh)
        if files.manifest.increments.contains(fresh.entry) {
            abandoned.append((files.path(fresh.entry.name), fresh.size))
            fresh.file.close()
        }
    }

    private func cutAbandoned() throws(IOError) {
        for (path, size) in abandoned {
            let file = try files.fileSystem.open(path, .readWrite)
            defer { file.close() }
            try file.truncate(to: size)
            try file.synchronize()
        }
    }
}
