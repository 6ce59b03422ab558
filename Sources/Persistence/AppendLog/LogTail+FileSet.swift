import Bytes
import Platform

// How the set of files changes around the tail. The order inside each function is the promise: what
// a list names is durable before the list is, and nothing older goes before the list is durable.

extension LogTail {
    /// Ends the current increment, durably, and goes on in the next.
    ///
    /// - Returns: the sequence number of the new increment.
    func rotate() throws(IOError) -> Int64 {
        precondition(!isCollecting)
        synchronize()
        if let failure { throw failure.lastError }
        let fresh = try files.createIncrement(from: written.offset)
        let oldSize = written.fileSize
        do throws(IOError) {
            try files.list(fresh)
        } catch {
            files.discard(fresh)
            if files.manifest.increments.contains(fresh.entry) {
                // An observer sees the new list, a power loss may bring the old one back: neither
                // file will do, so the log goes on in a third.
                begin(fresh, after: oldSize)
                fail(error)
            }
            throw error
        }
        begin(fresh, after: oldSize)
        notify(
            Notice(
                .notice, "Creating AOF incr file \(fresh.entry.name) on background rewrite"))
        return fresh.entry.sequence
    }

    private func begin(_ fresh: FreshIncrement, after oldSize: UInt64) {
        if let entry { files.setSize(oldSize, of: entry.name) }
        use(fresh.file, fresh.entry, size: fresh.size, checksum: fresh.checksum)
        kept = written
        endDatabase = nil
        checkInvariants()
    }

    /// Puts a base in force that was written aside and synchronized; what it covers is history.
    ///
    /// - Parameter firstKept: the first increment that the base does not cover; nothing for none.
    func install(base temporary: String, isRDB: Bool, firstKept: Int64?) throws(IOError) {
        if isCollecting {
            synchronize()
            if let failure { throw failure.lastError }
            try announceCollected()
        }
        try files.prepareDirectory()
        let size = try files.fileSystem.status(of: temporary)?.size ?? 0
        var changed = files.manifest
        let base = changed.replaceBase(files.names, isRDB: isRDB, keepingIncrementsFrom: firstKept)
        let basePath = files.path(base.name)
        try files.fileSystem.rename(temporary, to: basePath)
        do throws(IOError) {
            if isCollecting { try nameCollected(&changed) }
            try files.fileSystem.synchronizeDirectory(files.directory)
            files.setSize(size, of: base.name)
            try files.persist(changed)
        } catch {
            if files.manifest.base != base { try? files.fileSystem.remove(basePath) }
            throw error
        }
        isCollecting = false
        hasHole = false
        notify(
            Notice(
                .notice,
                "Successfully renamed the temporary AOF base file "
                    + "\(FilePath.name(of: temporary)) into \(base.name)"))
    }

    /// Lists the increment that was collected aside as history, under the name that it is going to
    /// have: a crash between its renaming and the list that puts it in force would otherwise leave a
    /// file that an older set does not account for. Where no set is listed, there is none to protect.
    private func announceCollected() throws(IOError) {
        guard let entry, !files.manifest.isEmpty else { return }
        var changed = files.manifest
        changed.announce(entry)
        try files.persist(changed)
    }

    /// Gives the increment that was collected aside its name and its place in a list.
    private func nameCollected(_ changed: inout Manifest) throws(IOError) {
        if let entry { changed.withdraw(entry) }
        let listed = changed.addIncrement(files.names)
        precondition(listed == entry, "the set does not change while an increment is collected")
        try files.fileSystem.rename(
            files.path(files.names.temporaryIncrement), to: files.path(listed.name))
        notify(
            Notice(
                .notice,
                "Successfully renamed the temporary AOF incr file "
                    + "\(files.names.temporaryIncrement) into \(listed.name)"))
    }

    /// Begins the first increment after a base.
    func beginFirstIncrement() throws(IOError) {
        precondition(file == nil)
        try files.prepareDirectory()
        let fresh = try files.createIncrement(from: written.offset)
        do throws(IOError) {
            try files.list(fresh)
        } catch {
            files.discard(fresh)
            throw error
        }
        begin(fresh, after: 0)
        notify(Notice(.notice, "Creating AOF incr file \(fresh.entry.name) on server start"))
    }

    /// Goes on in the last listed increment.
    ///
    /// What was read from it may still be in the kernel's cache only; it is made durable first.
    func reopen(_ entry: Manifest.Entry, checksum: UInt64?) throws(IOError) {
        precondition(file == nil)
        notify(Notice(.notice, "Opening AOF incr file \(entry.name) on server start"))
        let file = try files.fileSystem.open(files.path(entry.name), .append)
        try file.synchronize()
        try files.fileSystem.synchronizeDirectory(files.directory)
        use(
            file, entry, size: try file.size(),
            checksum: checksum ?? BatchLine.seed(ofIncrement: entry.sequence))
        files.setSize(nil, of: entry.name)
        kept = written
    }

    /// Begins an increment aside, which is listed together with the base that is being written.
    func collect() throws(IOError) {
        precondition(file == nil)
        try files.prepareDirectory()
        let fresh = try files.createIncrement(
            from: written.offset, as: files.names.temporaryIncrement)
        use(fresh.file, fresh.entry, size: fresh.size, checksum: fresh.checksum)
        kept = written
        isCollecting = true
    }

    /// Drops the increment that was collected aside; the log is off again.
    func stopCollecting() {
        precondition(isCollecting)
        let entry = self.entry
        closeFile()
        isCollecting = false
        failure = nil
        let path = files.path(files.names.temporaryIncrement)
        notify(
            Notice(
                .notice,
                "Removing the temp incr aof file \(files.names.temporaryIncrement) "
                    + "in the background"))
        try? files.fileSystem.removeIfPresent(path)
        if let entry, !files.manifest.increments.contains(entry) {
            try? files.fileSystem.removeIfPresent(files.path(entry.name))
        }
    }

    /// Makes everything durable and ends the use of the file; the log is off.
    func close() {
        synchronize()
        if let entry { files.setSize(written.fileSize, of: entry.name) }
        closeFile()
    }

    private func closeFile() {
        if let file { retired.append(file) }
        file = nil
        entry = nil
        retained.removeAll()
        abandoned = []
        // What is not durable now never will be; offsets go on behind it.
        kept = LogMark(offset: written.offset, fileSize: 0, database: nil)
        written = kept
    }

    /// Forgets the history as far as its files are gone; what could not be removed, or was added
    /// since, stays listed until it is.
    ///
    /// That they are gone is durable before the list is: an increment that came back unlisted would
    /// look as if it went on where a base without increments ends.
    func forgetHistory() throws(IOError) {
        var changed = files.manifest
        for entry in files.manifest.history
        where try files.fileSystem.status(of: files.path(entry.name)) == nil {
            changed.withdraw(entry)
        }
        try files.fileSystem.synchronizeDirectory(files.directory)
        try files.persist(changed)
    }
}
