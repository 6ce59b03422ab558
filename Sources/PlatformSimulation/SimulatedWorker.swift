import Platform
import Synchronization

/// A worker that a test steps.
public final class SimulatedWorker: Worker {
    private struct State {
        var lastStep = Step.again
        var isCalled = false
        var isHanging = false
    }

    public let name: String
    private let work: any Steppable
    private unowned let threads: SimulatedThreads
    private let state = Mutex(State())

    init(name: String, work: any Steppable, of threads: SimulatedThreads) {
        self.name = name
        self.work = work
        self.threads = threads
    }

    public var isFinished: Bool { state.withLock { $0.lastStep == .finished } }

    /// Until when it sleeps; nil when it does not, or hangs.
    public var deadline: Int64? {
        state.withLock { state in
            guard !state.isHanging, case .sleep(let deadline) = state.lastStep else { return nil }
            return deadline
        }
    }

    /// Keeps the worker from stepping, or lets it go on.
    public func setHanging(_ isHanging: Bool) { state.withLock { $0.isHanging = isHanging } }

    func isRunnable(at now: Int64) -> Bool {
        state.withLock { state in
            guard !state.isHanging else { return false }
            switch state.lastStep {
            case .again: return true
            case .idle: return state.isCalled
            case .sleep(let deadline): return state.isCalled || deadline <= now
            case .finished: return false
            }
        }
    }

    /// Makes one step, whether there is a reason or not; not when finished.
    public func step() {
        precondition(!isFinished)
        state.withLock { $0.isCalled = false }
        let next = work.step()
        state.withLock { $0.lastStep = next }
    }

    public func wake() {
        state.withLock { $0.isCalled = true }
        for _ in 0..<threads.stepsWhenWoken(name) where isRunnable(at: .min) { step() }
    }

    public func join() { threads.run(for: name) { isFinished } }
}
