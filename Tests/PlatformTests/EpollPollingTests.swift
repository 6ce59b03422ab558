import Platform
import Synchronization
import Testing

// The limit ends a wait that would never end; all tests run beside each other, so it is generous.
@Suite(.kernelTimeLimit) struct EpollPollingTests {
    @Test func aWaitEndsInTime() throws {
        let polling = try EpollPolling()
        var events = PollEvents(capacity: 4)
        let clock = KernelClock()
        let start = clock.monotonicMicroseconds
        polling.wait(timeoutMicroseconds: 3000, into: &events)
        #expect(clock.monotonicMicroseconds - start >= 3000)
        #expect(events.count == 0)
        polling.wait(timeoutMicroseconds: 0, into: &events)
    }

    @Test func aWakeUpIsNotLostAndHeardOnce() throws {
        let polling = try EpollPolling()
        var events = PollEvents(capacity: 4)
        for _ in 0..<3 {
            polling.wakeUp()
            polling.wakeUp()
            polling.wait(timeoutMicroseconds: -1, into: &events)
            #expect(events.count == 0)
        }
        let clock = KernelClock()
        let start = clock.monotonicMicroseconds
        polling.wait(timeoutMicroseconds: 2000, into: &events)
        #expect(clock.monotonicMicroseconds - start >= 2000)
    }

    /// Rings the bell again and again, each time after the last ring was heard.
    final class Ringer: Steppable {
        let polling: EpollPolling
        let rings = Atomic<Int>(0)
        let heard = Atomic<Int>(0)
        init(_ polling: EpollPolling) { self.polling = polling }

        func step() -> Step {
            let count = rings.load(ordering: .relaxed)
            if count == 2000 { return .finished }
            if heard.load(ordering: .acquiring) < count { return .idle }
            rings.store(count + 1, ordering: .releasing)
            polling.wakeUp()
            return .again
        }
    }

    @Test func twoThreadsWakeEachOtherWithoutLoss() throws {
        let ringer = Ringer(try EpollPolling())
        let worker = KernelThreads().start("ringer", ringer)
        var events = PollEvents(capacity: 4)
        while ringer.heard.load(ordering: .relaxed) < 2000 {
            let rings = ringer.rings.load(ordering: .acquiring)
            if rings == ringer.heard.load(ordering: .relaxed) {
                // Without a time-out: a lost ring or wake-up lets this test hang.
                ringer.polling.wait(timeoutMicroseconds: -1, into: &events)
            } else {
                ringer.heard.store(rings, ordering: .releasing)
                worker.wake()
            }
        }
        worker.join()
        #expect(ringer.rings.load(ordering: .relaxed) == 2000)
    }
}
