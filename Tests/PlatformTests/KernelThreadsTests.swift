import Platform
import Synchronization
import Testing

// The limit ends a wait that would never end; all tests run beside each other, so it is generous.
@Suite(.kernelTimeLimit) struct KernelThreadsTests {
    final class Sleeper: Steppable {
        let deadline: Int64
        let end = Atomic<Int64>(0)
        init(deadline: Int64) { self.deadline = deadline }

        func step() -> Step {
            let now = KernelClock().monotonicMicroseconds
            if now < deadline { return .sleep(untilMonotonicMicroseconds: deadline) }
            end.store(now, ordering: .releasing)
            return .finished
        }
    }

    @Test func aSleepEndsAtItsMoment() {
        let sleeper = Sleeper(deadline: KernelClock().monotonicMicroseconds + 5000)
        KernelThreads().start("sleeper", sleeper).join()
        #expect(sleeper.end.load(ordering: .acquiring) >= sleeper.deadline)
    }

    final class Waiter: Steppable {
        let steps = Atomic<Int>(0)
        let isDone = Atomic<Bool>(false)
        func step() -> Step {
            steps.add(1, ordering: .relaxed)
            return isDone.load(ordering: .acquiring) ? .finished : .idle
        }
    }

    @Test func anIdleThreadSleepsUntilItIsWoken() {
        let waiter = Waiter()
        let worker = KernelThreads().start("waiter", waiter)
        let sleeper = Sleeper(deadline: KernelClock().monotonicMicroseconds + 20_000)
        KernelThreads().start("sleeper", sleeper).join()
        #expect(waiter.steps.load(ordering: .relaxed) <= 2)
        waiter.isDone.store(true, ordering: .releasing)
        worker.wake()
        worker.join()
    }
}
