import Platform
import Synchronization

/// A bell of the simulated threads: who waits lets the workers step until one of them rings.
final class SimulatedBell: Bell {
    private let hasRung = Atomic<Bool>(false)
    private unowned let threads: SimulatedThreads

    init(of threads: SimulatedThreads) { self.threads = threads }

    func ring() { hasRung.store(true, ordering: .releasing) }

    func wait() {
        threads.run(for: "a bell") { hasRung.load(ordering: .acquiring) }
        hasRung.store(false, ordering: .relaxed)
    }
}
