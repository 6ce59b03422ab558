import Bytes
import Keyspace
import Platform
import Structures

/// A snapshot of the keyspace on its way into a file.
///
/// The file holds the state at the moment of `init`, and appears only when all of it has been
/// written, synchronized, read back and compared. The data thread calls `proceed` each turn until
/// it says `.ended`; what it serialises goes to a thread of the snapshot's own. While `isFull`, a
/// change whose bucket `needsSaving` is to wait. `take` does the whole at once, on the calling
/// thread.
public final class Snapshot {
    public enum Status {
        /// There is more to walk: call again when there is time.
        case walking

        /// Nothing to do until the snapshot's thread has caught up, or a delay is over.
        case waiting

        /// The walk is over; the file is being finished.
        case finishing
        case ended(Result<SnapshotResult, SnapshotFailure>)
    }

    private enum Phase {
        case walking

        /// The file has failed; the rest of the buckets is only marked.
        case abandoning
        case finishing
        case ended
    }

    public let plan: SnapshotPlan
    public let keysTotal: Int

    /// When the snapshot began, on the clock that goes on.
    public let beginMicroseconds: Int64

    private let keyspace: Keyspace
    private let clock: any Clock
    private let queue: SnapshotQueue
    private let writer: SnapshotWriter
    private let file: SnapshotFile
    private var worker: (any Worker)?
    private var position = KeyspacePosition()
    private var phase = Phase.walking

    private init(
        of keyspace: Keyspace, _ plan: SnapshotPlan, _ fileSystem: any FileSystem,
        _ clock: any Clock, onNews: @escaping @Sendable () -> Void
    ) {
        self.plan = plan
        self.keyspace = keyspace
        self.clock = clock
        keysTotal = keyspace.count
        beginMicroseconds = clock.monotonicMicroseconds
        queue = SnapshotQueue(limit: plan.queueLimit)
        writer = SnapshotWriter(plan, into: queue, clock: keyspace.shared.value.evictionClock)
        file = SnapshotFile(plan, on: fileSystem, from: queue, onNews: onNews)
        writer.appendHead(plan, of: keyspace)
        keyspace.beginSnapshot(into: writer)
    }

    /// Begins a snapshot of this moment.
    ///
    /// - Parameter onNews: called on the snapshot's thread, to wake the data thread, when the file
    /// is
    ///   done or has failed, and when what was full has room again.
    public convenience init(
        of keyspace: Keyspace, _ plan: SnapshotPlan, in world: World,
        onNews: @escaping @Sendable () -> Void
    ) {
        self.init(of: keyspace, plan, world.fileSystem, world.clock, onNews: onNews)
        worker = world.threads.start("snapshot", file)
        writer.worker = worker
    }

    /// Writes a snapshot of this moment from its beginning to its end.
    public static func take(
        of keyspace: Keyspace, _ plan: SnapshotPlan, in world: World
    ) throws(SnapshotFailure) -> SnapshotResult {
        let snapshot = Snapshot(of: keyspace, plan, world.fileSystem, world.clock) {}
        while true {
            switch snapshot.proceed(for: 1000) {
            case .ended(let outcome): return try outcome.get()
            case .waiting where !snapshot.isFull: world.clock.sleep(microseconds: 1000)
            case .walking, .waiting, .finishing: break
            }
            while snapshot.queue.outcome == nil, snapshot.file.step() == .again {}
        }
    }

    // MARK: The data thread's turn

    /// Keys that the walk, or a change ahead of it, has saved.
    public var keysSaved: Int { writer.keysSaved }

    /// Bytes that this thread has serialised, and that the snapshot's thread has not written yet.
    var serialisedBytes: Int { writer.serialisedBytes + queue.serialisedBytes }

    /// Whether the snapshot's thread has as much to write as may wait.
    public var isFull: Bool { phase == .walking && queue.isFull }

    /// Goes on with the walk, or looks whether the file is done.
    ///
    /// - Parameter microseconds: how long the walk may take.
    public func proceed(for microseconds: Int64) -> Status {
        queue.releaseTails()
        if phase == .walking, queue.outcome != nil { abandon() }
        switch phase {
        case .walking: return walk(for: microseconds)
        case .abandoning:
            if finishWalk(for: microseconds) { phase = .finishing }
            return phase == .finishing ? status : .walking
        case .finishing: return status
        case .ended: preconditionFailure("a snapshot that has ended does not proceed")
        }
    }

    private var status: Status {
        guard let outcome = queue.outcome else { return .finishing }
        join()
        queue.releaseTails()
        phase = .ended
        return .ended(outcome)
    }

    private func walk(for microseconds: Int64) -> Status {
        let now = clock.monotonicMicroseconds
        let allowed = plan.keySaveDelay.keysAllowed(
            afterMicroseconds: now - beginMicroseconds)
        guard !queue.isFull, writer.keysSaved < allowed else { return .waiting }
        guard finishWalk(until: now + microseconds, keysAllowed: allowed) else { return .walking }
        writer.complete()
        phase = .finishing
        return .finishing
    }

    private func finishWalk(for microseconds: Int64) -> Bool {
        finishWalk(until: clock.monotonicMicroseconds + microseconds, keysAllowed: .max)
    }

    /// Walks until it is time, and ends the keyspace's part when there is nothing left.
    private func finishWalk(until deadline: Int64, keysAllowed: Int) -> Bool {
        let isAtEnd = keyspace.continueSnapshot(&position) {
            clock.monotonicMicroseconds >= deadline || queue.isFull
                || writer.keysSaved >= keysAllowed
        }
        if isAtEnd { keyspace.endSnapshot() }
        return isAtEnd
    }

    private func abandon() {
        keyspace.abandonSnapshot()
        phase = .abandoning
    }

    /// Goes on until the snapshot has ended, while the caller waits for the disk.
    public func finish() -> Result<SnapshotResult, SnapshotFailure> {
        while true {
            switch proceed(for: 10_000) {
            case .ended(let outcome): return outcome
            case .walking: continue
            case .waiting: clock.sleep(microseconds: 100)
            case .finishing: join()
            }
        }
    }

    /// Stops the snapshot and waits until its file is gone; or is published, if it was too late.
    public func drop() {
        cancel()
        join()
        _ = finish()
    }

    /// Waits for the snapshot's thread, which has been told that nothing more comes.
    private func join() {
        worker?.join()
        worker = nil
    }

    /// Asks the snapshot to stop. `proceed` is still to be called until it says `.ended`, when the
    /// file is gone; or is published, if it was too late.
    public func cancel() {
        guard phase != .ended, queue.outcome == nil else { return }
        queue.cancel()
        worker?.wake()
        if phase == .walking { abandon() }
    }
}
