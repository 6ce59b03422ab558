import CPlatform
import Glibc
import Synchronization

/// Threads of the kernel's.
public final class KernelThreads: Threads {
    public init() {}

    public func start(_ name: String, _ work: any Steppable) -> any Worker {
        KernelWorker(name: String(name.prefix(15)), work: work)
    }
}

/// A thread that steps through work and sleeps on a word of memory in between.
///
/// The word says `awake`, `called` (somebody has called since the last look) or `asleep`. Only the
/// thread itself turns it to `asleep`, and only from `awake`, so a call is never lost; only who
/// turns it away from `asleep` has to bother the kernel.
@safe
final class KernelWorker: Worker, @unchecked Sendable {
    private static let awake: UInt32 = 0
    private static let called: UInt32 = 1
    private static let asleep: UInt32 = 2
    /// About two microseconds: a wake-up costs more than ten times as much.
    private static let spinCount = 50

    private let name: String
    private let work: any Steppable
    private let word: UnsafeMutablePointer<Atomic<UInt32>>
    // Written before the thread starts and used by the one caller of `join`.
    private var thread = pthread_t()
    private let isJoined = Atomic<Bool>(false)

    init(name: String, work: any Steppable) {
        self.name = name
        self.work = work
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: Atomic(Self.awake))
        // The thread keeps the worker alive until it ends.
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<KernelWorker>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        precondition(code == 0, "a thread could not be started: \(SystemCode.message(of: code))")
    }

    deinit {
        if !isJoined.load(ordering: .relaxed) { pthread_detach(thread) }
        unsafe word.deinitialize(count: 1)
        unsafe word.deallocate()
    }

    func wake() {
        // A read-modify-write and no mere load: what the caller stored before must be visible to
        // the step that this call brings about.
        let before = unsafe word.pointee.exchange(Self.called, ordering: .sequentiallyConsistent)
        if before == Self.asleep { unsafe ls_futex_wake(futex) }
    }

    func join() {
        guard !isJoined.exchange(true, ordering: .acquiringAndReleasing) else { return }
        pthread_join(thread, nil)
    }

    private var futex: UnsafeMutablePointer<UInt32> {
        unsafe UnsafeMutableRawPointer(word).assumingMemoryBound(to: UInt32.self)
    }

    private func run() {
        unsafe ls_thread_name(name)
        blockSignals()
        ls_crash_prepare_thread()
        while true {
            switch work.step() {
            case .again: continue
            case .idle: rest(until: nil)
            case .sleep(let deadline): rest(until: deadline)
            case .finished: return
            }
        }
    }

    /// Waits for a call or a moment, and takes note of the call.
    private func rest(until deadline: Int64?) {
        let clock = KernelClock()
        for _ in 0..<Self.spinCount {
            if unsafe word.pointee.load(ordering: .relaxed) == Self.called { break }
            ls_spin_pause()
        }
        let (slept, _) = unsafe word.pointee.compareExchange(
            expected: Self.awake, desired: Self.asleep, ordering: .sequentiallyConsistent)
        while slept, unsafe word.pointee.load(ordering: .acquiring) == Self.asleep {
            var timeout: Int64 = -1
            if let deadline {
                timeout = deadline - clock.monotonicMicroseconds
                if timeout <= 0 { break }
            }
            unsafe ls_futex_wait(futex, Self.asleep, timeout)
        }
        _ = unsafe word.pointee.exchange(Self.awake, ordering: .sequentiallyConsistent)
    }

    /// Leaves the signals that are noted to the first thread, whose wait they are to end.
    private func blockSignals() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2] {
            unsafe sigaddset(&signals, signal)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
