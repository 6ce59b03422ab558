import Platform
import Synchronization

/// The place where the data thread and the log thread pass the log's tail to each other.
///
/// The tail, the batch and the job are at home, where only the data thread touches them, until the
/// data thread gives them away; then they belong to whoever begins the job, which is the log
/// thread or, when the data thread cannot go on without, the data thread itself. After the job
/// they wait until the data thread takes them back. So no lock is taken while both are busy.
final class LogHandOver: @unchecked Sendable {
    private enum Place {
        static let home: UInt8 = 0
        static let given: UInt8 = 1
        static let busy: UInt8 = 2
        static let done: UInt8 = 3
    }

    let tail: LogTail
    /// What was appended before the job was given; written before anything else.
    var batch = LogBatch()
    private(set) var job = LogJob.write(synchronizing: false)
    private(set) var outcome: LogOutcome?
    /// How long the last write and sync took together, in microseconds.
    private(set) var lastMicroseconds: Int64 = 0

    private let place = Atomic<UInt8>(Place.home)
    /// Held by whoever does a job.
    private let work = Mutex<Void>(())
    private let clock: any Clock

    init(tail: LogTail, clock: any Clock) {
        self.tail = tail
        self.clock = clock
    }

    /// Whether the data thread may touch everything here.
    var isHome: Bool { place.load(ordering: .acquiring) == Place.home }

    /// For the data thread: takes everything back if the job is done.
    ///
    /// - Returns: whether a job has just been taken back.
    func takeBackIfDone() -> Bool {
        guard place.load(ordering: .acquiring) == Place.done else { return false }
        place.store(Place.home, ordering: .relaxed)
        return true
    }

    /// For the data thread: gives everything away; the log thread is to be woken.
    func give(_ job: LogJob) {
        precondition(isHome)
        self.job = job
        outcome = nil
        place.store(Place.given, ordering: .releasing)
    }

    /// For the data thread: waits until the job is done, or does it; take everything back then.
    func finish() {
        while true {
            let place = self.place.load(ordering: .acquiring)
            if place == Place.home || place == Place.done { return }
            _ = performIfGiven()
        }
    }

    /// Does the job if nobody else does.
    ///
    /// - Returns: whether a job was done.
    func performIfGiven() -> Bool {
        work.withLock { _ in
            let (isOurs, _) = place.compareExchange(
                expected: Place.given, desired: Place.busy, ordering: .acquiringAndReleasing)
            guard isOurs else { return false }
            let start = clock.monotonicMicroseconds
            outcome = tail.perform(job, &batch)
            lastMicroseconds = clock.monotonicMicroseconds - start
            place.store(Place.done, ordering: .releasing)
            return true
        }
    }
}

/// What the tail is given away for.
enum LogJob: Equatable, Sendable {
    case write(synchronizing: Bool)
    case seal
    case heal
    case rotate
    case install(base: String, isRDB: Bool, firstKept: Int64?)
    case forgetHistory
    case collect
    case stopCollecting
    case close
}

/// What came of a job beside writing.
enum LogOutcome: Equatable, Sendable {
    case rotated(to: Int64)
    case installed
    case collecting
    case done
    case failed(IOError)
}

extension LogTail {
    /// Writes a batch, then does a job.
    func perform(_ job: LogJob, _ batch: inout LogBatch) -> LogOutcome? {
        write(&batch)
        do throws(IOError) {
            switch job {
            case .write(let isSynchronizing):
                if isSynchronizing { synchronize() }
                return nil
            case .seal:
                seal()
                return nil
            case .heal:
                heal()
                return nil
            case .rotate: return .rotated(to: try rotate())
            case .install(let base, let isRDB, let firstKept):
                try install(base: base, isRDB: isRDB, firstKept: firstKept)
                return .installed
            case .forgetHistory: try forgetHistory()
            case .collect:
                try collect()
                return .collecting
            case .stopCollecting: stopCollecting()
            case .close: close()
            }
            return .done
        } catch {
            return .failed(error)
        }
    }
}
