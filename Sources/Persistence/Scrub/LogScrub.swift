import Platform
import Synchronization

/// A pass over the files of the log on a thread of its own: each is read from the disk at a bounded
/// rate and compared with its checksums, until the end or the first damage.
///
/// The data thread begins it with the files that are listed at that moment and how much of each is
/// there for good; what happens to the list meanwhile it judges itself.
public final class LogScrub: Steppable, @unchecked Sendable {
    public enum Outcome: Equatable, Sendable {
        case finished(ScrubReport)
        /// A file went away, or somebody asked for it.
        case stopped
    }

    /// What both threads look at.
    private struct State {
        var outcome: Outcome?
        var rate: UInt64
        var isCancelled = false
        var readSize: UInt64 = 0
    }

    /// The most that is read at once, so that nobody else waits long for the disk; and the least.
    private static let pieceSizeMax: UInt64 = 256 << 10
    private static let pieceSizeMin: UInt64 = 4 << 10
    private static let second: UInt64 = 1_000_000

    private let state: Mutex<State>
    private let clock: any Clock
    private let fileSystem: any FileSystem
    private let onEnd: @Sendable () -> Void
    public let totalSize: UInt64

    // Only the thread looks at these.
    private var files: [ScrubFile]
    private var report = ScrubReport()
    private var scrubber: FileScrubber?
    private var nextRead: Int64 = 0

    private var worker: (any Worker)?

    /// Begins a pass.
    ///
    /// - Parameters:
    ///   - rate: bytes to read in a second.
    ///   - onEnd: called on the thread when there is an outcome, to wake the data thread.
    public init(
        _ files: [ScrubFile], rate: UInt64, in world: World, onEnd: @escaping @Sendable () -> Void
    ) {
        precondition(rate > 0)
        self.files = files
        totalSize = files.reduce(0) { $0 + $1.size }
        state = Mutex(State(rate: rate))
        clock = world.clock
        fileSystem = world.fileSystem
        self.onEnd = onEnd
        worker = world.threads.start("scrub", self)
    }

    // MARK: The data thread's side

    /// What came of it; the thread has then ended.
    public var outcome: Outcome? {
        guard let outcome = state.withLock({ $0.outcome }) else { return nil }
        worker?.join()
        worker = nil
        return outcome
    }

    /// Bytes that were read so far.
    public var readSize: UInt64 { state.withLock { $0.readSize } }

    public func setRate(_ rate: UInt64) {
        precondition(rate > 0)
        state.withLock { $0.rate = rate }
    }

    /// Ends it, and waits for that.
    public func cancel() {
        state.withLock { $0.isCancelled = true }
        worker?.wake()
        worker?.join()
        worker = nil
    }

    // MARK: The thread

    public func step() -> Step {
        let (rate, isCancelled) = state.withLock { ($0.rate, $0.isCancelled) }
        if isCancelled { return end(.stopped) }
        let now = clock.monotonicMicroseconds
        guard now >= nextRead else { return .sleep(untilMonotonicMicroseconds: nextRead) }
        guard !files.isEmpty else { return end(.finished(report)) }
        do throws(ScrubDamage) {
            guard try openNext() else { return end(.stopped) }
            let size = max(Self.pieceSizeMin, min(Self.pieceSizeMax, rate / 4))
            let count = try scrubber?.proceed(reading: Int(size)) ?? 0
            if count == 0 { closeFile() }
            state.withLock { $0.readSize += UInt64(count) }
            nextRead = now + Int64(UInt64(count) * Self.second / rate)
            return .again
        } catch {
            closeFile()
            report.damage = error
            return end(.finished(report))
        }
    }

    /// Opens the file whose turn it is, unless it is open; false when it went away.
    private func openNext() throws(ScrubDamage) -> Bool {
        guard scrubber == nil else { return true }
        do throws(IOError) {
            scrubber = try FileScrubber(files[0], on: fileSystem)
            return true
        } catch {
            if error.isNotFound { return false }
            throw ScrubDamage(
                name: files[0].name, offset: 0, reason: "it cannot be opened: \(error.message)")
        }
    }

    /// Adds what was found in the open file to the report.
    private func closeFile() {
        let file = files.removeFirst()
        guard scrubber != nil else { return }
        if file.isRDB {
            let isSummed = scrubber?.isSummed ?? false
            report.verified += isSummed ? file.size : 0
            report.unverified += isSummed ? 0 : file.size
        } else {
            report.verified += scrubber?.verified ?? 0
            report.unverified += scrubber?.unverified ?? 0
        }
        scrubber?.close()
        scrubber = nil
    }

    private func end(_ outcome: Outcome) -> Step {
        scrubber?.close()
        scrubber = nil
        state.withLock { $0.outcome = outcome }
        onEnd()
        return .finished
    }
}
