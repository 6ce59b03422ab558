import Platform

// Beginning and end. These functions wait for the disk.

extension AppendLog {
    /// Whether `open` needs a base, because no file of a log was there, or none with data.
    public var needsBase: Bool {
        guard let reopening else { return false }
        return reopening.manifest.isEmpty || reopening.isReplaced
    }

    /// Turns the log on at start, behind what was recovered.
    ///
    /// - Parameter base: the path of a base of what was loaded, written, synchronized and
    ///   verified; to be given exactly when `needsBase`.
    public func open(base: String?, isRDB: Bool) throws(IOError) {
        guard let recovered = reopening else {
            preconditionFailure("a log is opened once, before anything else")
        }
        precondition(phase == .off)
        precondition((base != nil) == needsBase)
        let tail = handOver.tail
        try tail.files.prepareDirectory()
        if let base {
            try tail.install(base: base, isRDB: isRDB, firstKept: nil)
            notify(
                Notice(
                    .notice,
                    "Creating AOF base file \(tail.files.manifest.base?.name ?? "") "
                        + "on server start"))
            progress.sizeAfterRewrite = tail.files.baseSize
        }
        if let last = tail.files.manifest.increments.last {
            try tail.reopen(last, checksum: recovered.lastChecksum)
        } else {
            try tail.beginFirstIncrement()
        }
        tail.durable = tail.written.offset
        reopening = nil
        phase = .on
        readTail()
        removeHistory()
    }

    /// Turns the log on at start over files that cannot be put in order yet, as if writing to them had
    /// failed: records wait in memory until the repair succeeds and a fresh increment takes them.
    ///
    /// What was loaded is made durable where it lies, so that nothing is served that a crash could
    /// take back.
    public func open(after repair: LogRepair) throws(IOError) {
        precondition(reopening != nil, "a log is opened once, before anything else")
        precondition(phase == .off)
        let tail = handOver.tail
        if let last = tail.files.manifest.increments.last {
            let file = try tail.files.fileSystem.open(tail.files.path(last.name), .append)
            defer { file.close() }
            try file.synchronize()
        }
        tail.wait(for: repair)
        reopening = nil
        phase = .on
        readTail()
    }

    /// Writes and syncs everything that was appended, and a line that says so.
    ///
    /// - Returns: why it could not be done; the records are then still in memory.
    public func flush() -> LogFailure? {
        precondition(!isInGroup)
        settle()
        guard phase == .on else { return nil }
        give(.seal)
        settle()
        if handOver.tail.failure != nil {
            give(.heal)
            settle()
        }
        return handOver.tail.failure
    }

    /// Turns the log off at run time; its files stay as they are.
    public func disable() -> LogFailure? {
        let failure = flush()
        if phase == .collecting {
            rewrite.isStopRequested = true
            _ = advanceRewrite()
        } else if phase == .on {
            give(.close)
        }
        settle()
        phase = .off
        rewrite = LogRewrite()
        handOver.tail.failure = nil
        selectedDatabase = -1
        pending.removeAll()
        handOver.tail.skip(to: appended)
        readTail()
        return failure
    }

    /// Makes everything durable and ends the threads; nothing may follow.
    ///
    /// - Returns: why what was appended may not be durable.
    public func shutDown() -> LogFailure? {
        let failure = flush()
        if phase == .on {
            give(.close)
            settle()
        }
        phase = .off
        logWorker.end()
        logThread.wake()
        logThread.join()
        fileWorker.end()
        fileThread.wake()
        fileThread.join()
        return failure
    }

    /// Waits until the tail is at home and no sync is under way.
    private func settle() {
        handOver.finish()
        takeBack()
        fileWorker.finishSync()
        takeBack()
    }
}
