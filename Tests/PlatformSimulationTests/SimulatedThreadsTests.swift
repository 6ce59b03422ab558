import Platform
import PlatformSimulation
import Synchronization
import Testing

@Suite struct SimulatedThreadsTests {
    let clock = SimulatedClock()
    let threads: SimulatedThreads

    init() { threads = SimulatedThreads(clock: clock) }

    /// Notes its name at each step and then asks for what it was told to.
    final class Scripted: Steppable {
        let name: String
        let script: Mutex<[Step]>
        let journal: Journal

        init(_ name: String, _ script: [Step], _ journal: Journal) {
            self.name = name
            self.script = Mutex(script)
            self.journal = journal
        }

        func step() -> Step {
            journal.names.withLock { $0.append(name) }
            return script.withLock { $0.isEmpty ? .idle : $0.removeFirst() }
        }
    }

    final class Journal: Sendable {
        let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
    }

    @Test func workersRunOnlyWhenStepped() {
        let journal = Journal()
        var random = SeededRandom(seed: 1)
        let worker = threads.start("a", Scripted("a", [.again, .idle, .finished], journal))
        #expect(journal.all == [])
        threads.runUntilIdle(choosing: &random)
        #expect(journal.all == ["a", "a"])
        worker.wake()
        worker.wake()
        threads.runUntilIdle(choosing: &random)
        #expect(journal.all == ["a", "a", "a"])
        #expect(threads.workers.isEmpty)
        worker.join()
    }

    @Test func aSleeperWaitsForItsMomentOrACall() {
        let journal = Journal()
        var random = SeededRandom(seed: 1)
        let deadline = clock.monotonicMicroseconds + 100
        let sleep = Step.sleep(untilMonotonicMicroseconds: deadline)
        let worker = threads.start("a", Scripted("a", [sleep, sleep, .finished], journal))
        threads.runUntilIdle(choosing: &random)
        #expect(journal.all.count == 1)
        #expect(threads.nextDeadline == deadline)
        worker.wake()
        threads.runUntilIdle(choosing: &random)
        #expect(journal.all.count == 2)
        clock.advance(microseconds: 100)
        threads.runUntilIdle(choosing: &random)
        #expect(journal.all.count == 3)
    }

    @Test func theSeedDecidesTheOrder() {
        func order(seed: UInt64) -> [String] {
            let journal = Journal()
            let threads = SimulatedThreads(clock: clock)
            var random = SeededRandom(seed: seed)
            let script = [Step](repeating: .again, count: 9) + [.finished]
            for name in ["a", "b"] { _ = threads.start(name, Scripted(name, script, journal)) }
            threads.runUntilIdle(choosing: &random)
            return journal.all
        }
        #expect(order(seed: 1) == order(seed: 1))
        #expect(Set((0..<20).map { order(seed: $0) }).count > 10)
    }

    @Test func aHangingWorkerDoesNothing() {
        let journal = Journal()
        var random = SeededRandom(seed: 1)
        _ = threads.start("a", Scripted("a", [.again, .finished], journal))
        _ = threads.start("b", Scripted("b", [.finished], journal))
        threads.worker(named: "a")?.setHanging(true)
        threads.runUntilIdle(choosing: &random)
        #expect(journal.all == ["b"])
        threads.worker(named: "a")?.setHanging(false)
        threads.runUntilIdle(choosing: &random)
        #expect(journal.all == ["b", "a", "a"])
    }

    @Test func joiningRunsTheOthersAndTime() {
        let journal = Journal()
        let sleep = Step.sleep(untilMonotonicMicroseconds: clock.monotonicMicroseconds + 5000)
        let worker = threads.start("a", Scripted("a", [sleep, .finished], journal))
        let start = clock.monotonicMicroseconds
        worker.join()
        #expect(journal.all == ["a", "a"])
        #expect(clock.monotonicMicroseconds == start + 5000)
    }
}
