import Bytes
import Configuration
import Platform

// A rewrite replaces the log by a base, which is a snapshot of the data, and the increments that
// were begun since. Here are the files' part and the order of steps; the snapshot is the server's:
//
//     requestRewrite → event beginSnapshot → … → finishRewrite → event rewriteFinished
//
// The increment in use is synced before the next one is begun, so only the last listed file can
// ever be torn. Until the base is in force the longer list stays valid, whatever happens.

extension AppendLog {
    /// What the server is to do, one at a time; ask after each `endTurn`, before the next command.
    public func nextEvent() -> AppendLogEvent? { events.isEmpty ? nil : events.removeFirst() }

    public var isRewriting: Bool { rewrite.state != .idle }

    /// Begins a rewrite as soon as the tail is at home; works while the log is off, too.
    public func requestRewrite() {
        precondition(!isRewriting)
        rewrite = LogRewrite()
        rewrite.state = .requested
    }

    /// Switches the log on at run time. It collects records from the snapshot on, and is on once
    /// the base is in force.
    public func enable() {
        precondition(phase == .off)
        phase = .collecting
        requestRewrite()
    }

    /// The snapshot is finished: written, synchronized and verified.
    ///
    /// - Parameter base: the path of the file, on the file system of the log's directory.
    public func finishRewrite(base: String, isRDB: Bool) {
        precondition(rewrite.state == .beginning || rewrite.state == .running)
        rewrite.base = LogRewrite.Base(path: base, isRDB: isRDB)
    }

    /// The snapshot came to nothing. A log that was being switched on is off again.
    public func cancelRewrite() {
        guard isRewriting else { return }
        precondition(rewrite.state != .installing)
        rewrite = LogRewrite()
        if phase == .collecting { rewrite.isStopRequested = true }
    }

    /// Takes the next step of a rewrite if it is time; the tail is at home.
    ///
    /// - Returns: whether the tail was given away.
    func advanceRewrite() -> Bool {
        if rewrite.isStopRequested {
            rewrite = LogRewrite()
            phase = .off
            // What the base would have needed means nothing without it.
            pending.removeAll()
            guard handOver.tail.isCollecting else { return false }
            give(.stopCollecting)
            return true
        }
        // A sync beside the writing would hide its error from the one that a change needs.
        guard progress.syncStart == nil else { return false }
        switch rewrite.state {
        case .requested: return begin()
        case .running:
            guard let base = rewrite.base else { break }
            rewrite.state = .installing
            give(.install(base: base.path, isRDB: base.isRDB, firstKept: rewrite.firstKept))
            return true
        case .idle, .beginning, .installing: break
        }
        guard progress.isHistoryRemoved else { return false }
        progress.isHistoryRemoved = false
        give(.forgetHistory)
        return true
    }

    private func begin() -> Bool {
        events.append(.beginSnapshot)
        switch phase {
        case .off:
            rewrite.state = .running
            return false
        case .collecting:
            rewrite.state = .beginning
            // What was appended before the snapshot is in it.
            pending.removeAll()
            handOver.tail.skip(to: appended)
            give(.collect)
        case .on:
            rewrite.state = .beginning
            give(.rotate)
        }
        selectedDatabase = -1
        return true
    }

    /// Takes note of what came of a job.
    func absorb(_ outcome: LogOutcome) {
        switch outcome {
        case .rotated(let sequence):
            guard rewrite.state == .beginning else { break }
            rewrite.firstKept = sequence
            rewrite.state = .running
        case .collecting:
            guard rewrite.state == .beginning else { break }
            rewrite.state = .running
        case .installed:
            rewrite = LogRewrite()
            if phase == .collecting { phase = .on }
            progress.sizeAfterRewrite = currentSize
            removeHistory()
            events.append(.rewriteFinished)
        case .failed(let error):
            guard rewrite.state == .beginning || rewrite.state == .installing else { break }
            rewrite = LogRewrite()
            rewrite.isStopRequested = phase == .collecting
            events.append(.rewriteFailed(error))
        case .done: break
        }
    }

    func stopCollecting(becauseOf failure: LogFailure?) {
        if let failure { events.append(.rewriteFailed(failure.lastError)) }
        rewrite = LogRewrite()
        rewrite.isStopRequested = true
        handOver.tail.failure = nil
        _ = advanceRewrite()
    }

    /// Has the files removed that no list needs any more; the tail is at home.
    func removeHistory() {
        let history = handOver.tail.files.manifest.history
        guard !history.isEmpty, !settings.keepsHistory else { return }
        progress.isRemovingHistory = true
        fileWorker.remove(history.map { handOver.tail.files.path($0.name) })
        fileThread.wake()
    }
}
