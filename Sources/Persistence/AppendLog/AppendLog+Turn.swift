import Bytes
import Configuration
import Platform

// At the end of a turn what was appended goes on its way. While the tail is at home, the data
// thread writes it, and under `always` also syncs it, when nobody would be served meanwhile and the
// disk has been quick of late: to wake another thread would take longer. Otherwise the tail goes
// to the log thread, the data thread goes on serving, and the next batch grows until it is back.
//
// Under `everysec` the file thread syncs beside the writing. While it does, writing may stall in
// the kernel, so the log thread does that.

extension AppendLog {
    /// A write, or a write and a sync, that the data thread may do itself; in microseconds.
    static let shortMicroseconds: Int64 = 1000
    /// How long a byte may be without a sync under `everysec`, and between attempts to heal.
    static let second: Int64 = 1_000_000

    /// How far the promise of the policy reaches: replies to what is before it may leave.
    ///
    /// Under `always` that is what is durable, otherwise what a killed process leaves behind. While
    /// the log cannot be written under a policy that allows loss, nothing is held back.
    public var promised: LogOffset {
        guard phase == .on else { return appended }
        if settings.fsync == .always { return durable }
        return health == .healthy ? written : appended
    }

    /// Whether a commit is about to begin that more records could join.
    public var wantsCompany: Bool {
        phase == .on && settings.fsync == .always && !pending.isEmpty && handOver.isHome
    }

    /// Ends a turn of the event loop: call it when the commands of the turn are executed, and when
    /// another thread's wake-up or `nextDeadline` has ended the waiting.
    ///
    /// - Parameter everyActiveClientWaits: whether nobody could be served while the disk works.
    public func endTurn(everyActiveClientWaits: Bool) {
        precondition(!isInGroup)
        takeBack()
        guard handOver.isHome else { return }
        handOver.tail.isRetaining = policy != .no
        handOver.tail.hasLines = settings.hasChecksum
        if handOver.tail.failure != nil { return tryToHeal() }
        if advanceRewrite() { return }
        guard phase != .off else { return handOver.tail.skip(to: appended) }
        writePending(everyActiveClientWaits)
        if handOver.isHome { synchronizeIfDue() }
    }

    /// When `endTurn` is to be called at the latest, in monotonic microseconds; nothing when only
    /// new records or a wake-up give it something to do.
    public var nextDeadline: Int64? {
        guard handOver.isHome, phase != .off else { return nil }
        if health != .healthy { return progress.nextHeal }
        if policy == .always { return pending.isEmpty ? nil : companyDeadline }
        guard policy == .everysec, progress.syncStart == nil else { return nil }
        return progress.unsyncedSince.map { $0 + Self.second }
    }

    /// Until when a commit waits for the clients that the one before it has just answered.
    ///
    /// Without this, writers in a closed loop fall into two groups, each of which is synced while
    /// the other waits, and every sync serves half of them. An eighth of a sync is enough for most
    /// to come back.
    private var companyDeadline: Int64 {
        progress.commitEnd + min(progress.recentMicroseconds / 8, Self.shortMicroseconds)
    }

    /// Lets the next sync under `everysec` begin with the end of the turn, because somebody waits
    /// for a place to become durable.
    public func hasten(upTo offset: LogOffset) {
        progress.hastened = max(progress.hastened, min(offset, appended))
    }

    /// While nothing is promised yet, nothing is synced either.
    var policy: FsyncPolicy { phase == .on ? settings.fsync : .no }

    private func writePending(_ everyActiveClientWaits: Bool) {
        let isShort = progress.recentMicroseconds <= Self.shortMicroseconds
        if policy == .always {
            guard !pending.isEmpty || durable < written, progress.syncStart == nil else { return }
            if everyActiveClientWaits && isShort {
                writeHere(synchronizing: true)
            } else if clock.monotonicMicroseconds >= companyDeadline {
                give(.write(synchronizing: true))
            }
        } else if !pending.isEmpty {
            if progress.syncStart == nil && isShort {
                writeHere(synchronizing: false)
            } else {
                countDelay()
                give(.write(synchronizing: false))
            }
        }
    }

    private func writeHere(synchronizing: Bool) {
        let start = clock.monotonicMicroseconds
        progress.give(pending.bytes.count)
        sealPending()
        handOver.tail.write(&pending)
        if synchronizing { handOver.tail.synchronize() }
        noteCommit(clock.monotonicMicroseconds - start)
        readTail()
    }

    /// Notes how long writing, or writing and syncing, has taken.
    private func noteCommit(_ microseconds: Int64) {
        progress.measure(microseconds)
        let sync = handOver.tail.syncMicroseconds
        handOver.tail.syncMicroseconds = 0
        progress.longest.sync = max(progress.longest.sync, sync)
        progress.longest.write = max(progress.longest.write, microseconds - sync)
    }

    /// Gives the tail and what is pending to the log thread.
    func give(_ job: LogJob) {
        progress.give(pending.bytes.count)
        sealPending()
        swap(&pending, &handOver.batch)
        handOver.give(job)
        logThread.wake()
    }

    private func sealPending() {
        precondition(!isInGroup)
        pending.end = appended
        pending.database = selectedDatabase < 0 ? nil : selectedDatabase
    }

    /// Asks for a sync beside the writing when the oldest byte has waited for long enough, when
    /// somebody waits for it, or when so much waits that writes do, too.
    private func synchronizeIfDue() {
        guard policy == .everysec, progress.syncStart == nil, durable < written,
            let since = progress.unsyncedSince
        else { return }
        let now = clock.monotonicMicroseconds
        let isDue = now - since >= Self.second || durable < progress.hastened || isOverLimit
        guard isDue, let file = handOver.tail.file else {
            return
        }
        progress.syncStart = now
        progress.didTellDelay = false
        fileWorker.synchronize(FileWorker.SyncRequest(file: file, mark: handOver.tail.written))
        fileThread.wake()
    }

    /// Counts a write beside a sync that has taken for longer than two seconds.
    private func countDelay() {
        guard let start = progress.syncStart,
            clock.monotonicMicroseconds - start > 2 * Self.second
        else { return }
        progress.delayedSyncs += 1
        if progress.didTellDelay { return }
        progress.didTellDelay = true
        notify(
            Notice(
                .notice,
                "Asynchronous AOF fsync is taking too long (disk is busy?). Writing the AOF buffer "
                    + "without waiting for fsync to complete, this may slow down Redis."))
    }
}

// What comes back from the other threads.

extension AppendLog {
    /// Takes back what the other threads are done with.
    func takeBack() {
        if handOver.takeBackIfDone() {
            if case .write = handOver.job {
                noteCommit(handOver.lastMicroseconds)
                progress.commitEnd = clock.monotonicMicroseconds
            } else {
                handOver.tail.syncMicroseconds = 0
            }
            readTail()
            if let outcome = handOver.outcome { absorb(outcome) }
        }
        if progress.syncStart != nil, handOver.isHome, let result = fileWorker.takeSyncResult() {
            absorb(result)
        }
        if progress.isRemovingHistory, fileWorker.takeDidRemove() {
            progress.isRemovingHistory = false
            progress.isHistoryRemoved = true
        }
    }

    private func absorb(_ result: Result<FileWorker.SyncRequest, FileWorker.SyncFailure>) {
        let tail = handOver.tail
        let start = progress.syncStart
        progress.syncStart = nil
        switch result {
        case .success(let request):
            // After a failure the file may be another one, and its bytes are written again anyway.
            guard request.file === tail.file, tail.failure == nil else { break }
            tail.didSynchronize(upTo: request.mark)
            // What was written since then is younger than the sync.
            progress.unsyncedSince = start
        case .failure(let failure):
            guard failure.request.file === tail.file else { break }
            tail.didFailToSynchronize(failure.error)
        }
        readTail()
    }

    /// Notes how the tail is, after somebody has worked on it.
    func readTail() {
        let tail = handOver.tail
        written = tail.written.offset
        durable = tail.durable
        progress.kept = tail.kept.offset
        progress.givenBytes = 0
        progress.heldSize = handOver.batch.bytes.capacity + tail.retained.size
        progress.tailSize = tail.written.fileSize
        progress.closedSize = tail.files.closedSize
        if durable == written, tail.failure == nil { progress.unsyncedSince = nil }
        if !tail.retired.isEmpty {
            fileWorker.close(tail.retired)
            tail.retired = []
            fileThread.wake()
        }
        readHealth(of: tail)
        precondition(durable <= written)
        precondition(written <= appended)
    }

    private func readHealth(of tail: LogTail) {
        guard let failure = tail.failure else {
            if case .healthy = health { return }
            if tail.hasHole { events.append(.rewriteNeeded) }
            health = .healthy
            progress.failedSince = nil
            progress.nextHeal = 0
            return
        }
        let now = clock.monotonicMicroseconds
        if progress.failedSince == nil { progress.failedSince = now }
        if failure.failedAttempts == 0 {
            health = .healing(failure)
            progress.nextHeal = now
        } else {
            if health != .refusing(failure) { progress.nextHeal = now + Self.second }
            health = .refusing(failure)
        }
    }

    private func tryToHeal() {
        if handOver.tail.isCollecting { return stopCollecting(becauseOf: handOver.tail.failure) }
        // A sync beside the writing would take away an error that healing has to hear of.
        guard progress.syncStart == nil else { return }
        if clock.monotonicMicroseconds >= progress.nextHeal { give(.heal) }
    }
}
