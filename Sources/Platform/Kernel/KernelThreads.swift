import CPlatform
import Glibc
import Synchronization

/// Threads of the kernel's.
public final class KernelThreads: Threads {
    public init() {}

    public func start(_ name: String, _ work: any Steppable) -> any Worker {
        KernelWorker(name: String(name.prefix(15)), work: work)
    }

    /// About ten microseconds: what others do meanwhile is nearly done.
    private static let bellSpinCount = 250

    public func makeBell() -> any Bell { KernelBell(spinCount: Self.bellSpinCount) }
}

/// A thread that steps through work and waits for its bell in between.
@safe
final class KernelWorker: Worker, @unchecked Sendable {
    /// About two microseconds: a wake-up costs more than ten times as much.
    private static let spinCount = 50

    private let name: String
    private let work: any Steppable
    private let bell = KernelBell(spinCount: KernelWorker.spinCount)
    // Written before the thread starts and used by the one caller of `join`.
    private var thread = pthread_t()
    private let isJoined = Atomic<Bool>(false)

    init(name: String, work: any Steppable) {
        self.name = name
        self.work = work
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
    }

    func wake() { bell.ring() }

    func join() {
        guard !isJoined.exchange(true, ordering: .acquiringAndReleasing) else { return }
        pthread_join(thread, nil)
    }

    private func run() {
        unsafe ls_thread_name(name)
        blockSignals()
        ls_crash_prepare_thread()
        while true {
            switch work.step() {
            case .again: continue
            case .idle: bell.wait(until: nil)
            case .sleep(let deadline): bell.wait(until: deadline)
            case .finished: return
            }
        }
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
