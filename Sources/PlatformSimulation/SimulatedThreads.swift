import Platform
import Synchronization

/// Threads that run only when a test steps them.
///
/// A worker is runnable when its last step asked for another, when somebody has woken it, or when
/// the moment that it sleeps until has come. The test (or its seed) chooses which runnable worker
/// steps next, and can leave one hanging as a thread stuck in the kernel would be. Everything
/// happens on the test's own thread.
public final class SimulatedThreads: Threads {
    private let clock: SimulatedClock
    private let registered = Mutex<[SimulatedWorker]>([])

    public init(clock: SimulatedClock) { self.clock = clock }

    public func start(_ name: String, _ work: any Steppable) -> any Worker {
        let worker = SimulatedWorker(name: name, work: work, of: self)
        registered.withLock { $0.append(worker) }
        return worker
    }

    /// All that were started and are not finished, in the order of starting.
    public var workers: [SimulatedWorker] {
        registered.withLock { workers in
            workers.removeAll { $0.isFinished }
            return workers
        }
    }

    public func worker(named name: String) -> SimulatedWorker? {
        workers.first { $0.name == name }
    }

    private var runnable: [SimulatedWorker] {
        let now = clock.monotonicMicroseconds
        return workers.filter { $0.isRunnable(at: now) }
    }

    /// Steps one runnable worker; false when there is none.
    @discardableResult
    public func stepOne(choosing random: inout SeededRandom) -> Bool {
        let candidates = runnable
        guard !candidates.isEmpty else { return false }
        candidates[random.index(below: candidates.count)].step()
        return true
    }

    /// Steps until no worker is runnable. A worker that never rests is our mistake.
    public func runUntilIdle(choosing random: inout SeededRandom, stepsMax: Int = 1_000_000) {
        for _ in 0..<stepsMax where !stepOne(choosing: &random) { return }
        preconditionFailure("the workers did not come to rest within \(stepsMax) steps")
    }

    /// The next moment at which a sleeping worker becomes runnable; nil when none sleeps.
    public var nextDeadline: Int64? { workers.compactMap { $0.deadline }.min() }

    /// Runs the others, and time, until one is finished.
    func run(untilFinished worker: SimulatedWorker) {
        var turn = 0
        while !worker.isFinished {
            let candidates = runnable
            if !candidates.isEmpty {
                candidates[turn % candidates.count].step()
                turn += 1
            } else if let deadline = nextDeadline {
                clock.advance(microseconds: max(0, deadline - clock.monotonicMicroseconds))
            } else {
                preconditionFailure("\(worker.name) is waited for and nothing can wake it")
            }
        }
    }
}
