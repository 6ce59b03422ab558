import Bytes
import Platform
import Synchronization

// A disk in memory that can lose power.
//
// What a running process sees is the cache: every call takes effect at once, for every reader. What
// a restart after a loss of power sees is decided by what was made durable:
//
// - The bytes of a file are durable when a `synchronize` of that file after them has succeeded.
//   Later changes (writes and truncations, in order) may survive wholly, in part, or not at all:
//   as a prefix cut at any byte, as any set of 512-byte sectors, or as a size that was updated
//   with zeros or garbage where the data should be.
// - A name (a file created, renamed, linked or removed) is durable when `synchronizeDirectory` of
//   its directory after the change has succeeded. To synchronize the file does not suffice. Later
//   changes of names survive or not, each for itself or in order; a rename is atomic.
// - Files and names know nothing of each other: a rename can survive without the bytes that were
//   written before it, and the reverse.
// - A failed `synchronize` leaves the unsynchronized bytes in the cache, marked as if they had been
//   written: readers see them, a later `synchronize` succeeds without them, and power takes them.
//
// The death of the process alone loses nothing that was written. A full disk takes what fits and
// refuses the rest. Faults are planned with `inject`, and a test can watch every call and take the
// disk 'as if power failed now' at each (`afterEachCall`): the run goes on, undisturbed.
//
// Nothing here is random by itself: a seed or a closure of the test decides. It may be used from
// several threads, but is deterministic only when one at a time does.

/// A file system in memory for tests; see the top of the file for what it promises to lose.
public final class SimulatedFileSystem: FileSystem, @unchecked Sendable {
    let state: Mutex<DiskState>
    let clock: SimulatedClock

    /// Called after every call with the call, outside of any lock. Set it before the disk is used
    /// from other threads.
    public var afterEachCall: ((SimulatedFileSystem, SimulatedCall) -> Void)?

    /// - Parameters:
    ///   - capacity: bytes that all files together may have; nil for no limit.
    ///   - clock: gives the times of files, and is moved on by the delays that are injected.
    public init(capacity: UInt64? = nil, clock: SimulatedClock = SimulatedClock()) {
        state = Mutex(DiskState(capacity: capacity))
        self.clock = clock
    }

    init(_ state: DiskState, clock: SimulatedClock) {
        self.state = Mutex(state)
        self.clock = clock
    }

    // MARK: The end of a process

    /// The disk as the next process finds it: everything written is there, no file is open, no lock
    /// is held. What was not synchronized still is not.
    public func afterProcessDeath() -> SimulatedFileSystem {
        SimulatedFileSystem(state.withLock { $0.afterProcessDeath() }, clock: clock)
    }

    /// The disk as a restart finds it when power fails now and nothing survives that was not
    /// synchronized.
    public func afterPowerLoss() -> SimulatedFileSystem {
        afterPowerLoss(of: { _ in .none }, names: { _ in false })
    }

    /// The same, but of each file with unsynchronized changes so many bytes of them survive, and
    /// all names do.
    public func afterPowerLoss(keeping bytes: (UnsynchronizedFile) -> Int) -> SimulatedFileSystem {
        afterPowerLoss(of: { .prefix(bytes($0)) }, names: { _ in true })
    }

    /// The same, chosen by a seed.
    public func afterPowerLoss(
        _ model: PowerLossModel = .harsh, choosing random: inout SeededRandom
    ) -> SimulatedFileSystem {
        let survivor = state.withLock { $0.afterPowerLoss(model, choosing: &random) }
        return SimulatedFileSystem(survivor, clock: clock)
    }

    /// The same, chosen by the test.
    ///
    /// - Parameters:
    ///   - data: what becomes of the changes of a file.
    ///   - names: whether a change of names survives; asked in the order of the changes.
    public func afterPowerLoss(
        of data: (UnsynchronizedFile) -> DataSurvival,
        names: (DirectoryOperation) -> Bool
    ) -> SimulatedFileSystem {
        let survivor = state.withLock { $0.afterPowerLoss(of: data, names: names) }
        return SimulatedFileSystem(survivor, clock: clock)
    }
}
