import Bytes
import Keyspace
import Synchronization

/// What the data thread and the thread that writes a snapshot share.
///
/// Full chunks go one way in order, emptied ones the other, and the outcome comes back once. The
/// queue is bounded by bytes: the data thread asks `isFull` before it makes more.
final class SnapshotQueue: Sendable {
    /// What the data thread has said about the chunks.
    private enum Ending: Equatable { case open, complete, cancelled }

    /// What there is to do for the writing side.
    enum Next {
        case chunk(SnapshotChunk)
        case wait
        case finish
        case cancel
    }

    private struct State {
        var full: [SnapshotChunk] = []
        var empty: [SnapshotChunk] = []
        /// Done with, but their tails are still pinned.
        var pinning: [SnapshotChunk] = []
        var ending = Ending.open
        var outcome: Result<SnapshotResult, SnapshotFailure>?
    }

    /// Emptied chunks that are kept for reuse.
    private static let emptyCountMax = 4

    private let limit: Int
    private let state = Mutex(State())
    private let queued = Atomic<Int>(0)
    private let pinned = Atomic<Int>(0)
    private let hasOutcome = Atomic<Bool>(false)

    /// - Parameter limit: bytes.
    init(limit: Int) { self.limit = limit }

    /// Bytes in full chunks that have not been written yet.
    var queuedBytes: Int { queued.load(ordering: .relaxed) }
    var isFull: Bool { queuedBytes >= limit }

    /// Bytes in full chunks, without what their tails refer to.
    var serialisedBytes: Int {
        state.withLock { state in state.full.reduce(0) { $0 + $1.content.count } }
    }

    // MARK: The data thread's side

    /// A chunk to be filled.
    func emptyChunk() -> SnapshotChunk {
        state.withLock { $0.empty.popLast() } ?? SnapshotChunk()
    }

    /// Hands a full chunk over.
    func append(_ chunk: SnapshotChunk) {
        if chunk.tail != nil { pinned.add(1, ordering: .relaxed) }
        queued.add(chunk.weight, ordering: .relaxed)
        state.withLock { $0.full.append(chunk) }
    }

    /// Gives back the large values that the writing side is done with.
    func releaseTails() {
        guard pinned.load(ordering: .relaxed) > 0 else { return }
        let done = state.withLock { state in
            var done = state.pinning
            state.pinning = []
            if state.outcome != nil {
                // Nobody takes what came after the end.
                done += state.full.filter { $0.tail != nil }
                state.full = []
            }
            return done
        }
        for chunk in done {
            chunk.tail?.pinned.unpin()
            chunk.tail = nil
            pinned.subtract(1, ordering: .relaxed)
        }
    }

    /// Hands the last chunk over.
    func complete(with chunk: SnapshotChunk) {
        queued.add(chunk.weight, ordering: .relaxed)
        state.withLock { state in
            state.full.append(chunk)
            state.ending = .complete
        }
    }

    /// Tells the writing side to stop, unless it is done.
    func cancel() {
        state.withLock { $0.ending = .cancelled }
    }

    /// What became of the file; nothing while it is being written.
    var outcome: Result<SnapshotResult, SnapshotFailure>? {
        guard hasOutcome.load(ordering: .acquiring) else { return nil }
        return state.withLock { $0.outcome }
    }

    // MARK: The writing side

    func next() -> Next {
        state.withLock { state in
            if state.ending == .cancelled { return .cancel }
            guard state.full.isEmpty else { return .chunk(state.full.removeFirst()) }
            return state.ending == .complete ? .finish : .wait
        }
    }

    var isCancelled: Bool { state.withLock { $0.ending == .cancelled } }

    /// Gives a chunk back whose bytes are in the file.
    ///
    /// - Returns: whether the queue was full and is not any more.
    func recycle(_ chunk: SnapshotChunk) -> Bool {
        let (before, after) = queued.subtract(chunk.weight, ordering: .relaxed)
        state.withLock { state in
            if chunk.tail != nil {
                state.pinning.append(chunk)
            } else if state.empty.count < Self.emptyCountMax {
                chunk.reset()
                state.empty.append(chunk)
            }
        }
        return before >= limit && after < limit
    }

    /// Says what became of the file.
    ///
    /// - Parameter chunk: one that was being written when that failed.
    func finish(
        _ outcome: Result<SnapshotResult, SnapshotFailure>, abandoning chunk: SnapshotChunk?
    ) {
        state.withLock { state in
            state.outcome = outcome
            if let chunk { state.full.append(chunk) }
            state.empty = []
        }
        queued.store(0, ordering: .relaxed)
        hasOutcome.store(true, ordering: .releasing)
    }
}

/// A snapshot's file that was written, synchronized, read back and found equal.
public struct SnapshotResult: Equatable, Sendable {
    /// Bytes.
    public var size: UInt64
    /// CRC-64 of the whole file.
    public var checksum: UInt64
}
