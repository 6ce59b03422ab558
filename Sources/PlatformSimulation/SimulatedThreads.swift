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
    private let eagerness = Mutex<Eagerness?>(nil)

    private struct Eagerness {
        let prefix: String
        var random: SeededRandom
    }

    public init(clock: SimulatedClock) { self.clock = clock }

    public func start(_ name: String, _ work: any Steppable) -> any Worker {
        let worker = SimulatedWorker(name: name, work: work, of: self)
        registered.withLock { $0.append(worker) }
        return worker
    }

    public func makeBell() -> any Bell { SimulatedBell(of: self) }

    /// Lets the workers whose names begin so make some steps at once when they are woken, as the seed
    /// decides: as if they had run before their waker went on.
    public func letRunWhenWoken(named prefix: String, seed: UInt64) {
        eagerness.withLock { $0 = Eagerness(prefix: prefix, random: SeededRandom(seed: seed)) }
    }

    /// How many steps a worker makes at once that was woken just now.
    func stepsWhenWoken(_ name: String) -> Int {
        let stepsMax = 12
        return eagerness.withLock { eagerness in
            guard let prefix = eagerness?.prefix, name.hasPrefix(prefix) else { return 0 }
            return eagerness?.random.index(below: stepsMax) ?? 0
        }
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

    /// Runs the others, and time, until something is the case that somebody waits for.
    func run(for name: String, until isReached: () -> Bool) {
        var turn = 0
        while !isReached() {
            let candidates = runnable
            if !candidates.isEmpty {
                candidates[turn % candidates.count].step()
                turn += 1
            } else if let deadline = nextDeadline {
                clock.advance(microseconds: max(0, deadline - clock.monotonicMicroseconds))
            } else {
                preconditionFailure("\(name) is waited for and nothing can bring it about")
            }
        }
    }
}
