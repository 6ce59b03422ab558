import Platform
import PlatformSimulation
import Testing

@Suite struct SimulatedWorldTests {
    @Test func aSeedDeterminesTheEntropy() {
        let bytes = SimulatedWorld(seed: 5).world.entropy.bytes(count: 20)
        #expect(bytes == SimulatedWorld(seed: 5).world.entropy.bytes(count: 20))
        #expect(bytes != SimulatedWorld(seed: 6).world.entropy.bytes(count: 20))
    }

    @Test func theClockIsTold() {
        let clock = SimulatedClock(wallMicroseconds: 5_000_000)
        let start = clock.monotonicMicroseconds
        clock.advance(microseconds: 1_000_000)
        clock.jumpWall(microseconds: -3_000_000)
        #expect(clock.wallSeconds == 3)
        #expect(clock.wallMilliseconds == 3000)
        #expect(clock.monotonicMicroseconds == start + 1_000_000)
    }

    @Test func aSignalRingsTheBell() throws {
        let simulation = SimulatedWorld(seed: 1)
        let world = simulation.world
        let polling = try world.makePolling()
        world.process.handleSignals(waking: polling)
        simulation.polling.whenIdle = { _ in Issue.record("the wait was not ended") }
        simulation.process.raise([.terminate, .hangUp])
        var events = PollEvents(capacity: 1)
        polling.wait(timeoutMicroseconds: -1, into: &events)
        #expect(world.process.takeSignals() == [.terminate, .hangUp])
        #expect(world.process.takeSignals() == [])
    }

    @Test func aNextWorldFindsTheDiskOfTheLast() throws {
        let first = SimulatedWorld(seed: 1)
        first.fileSystem.place("/data", [1])
        let second = SimulatedWorld(seed: 2, fileSystem: first.fileSystem.afterPowerLoss())
        #expect(second.fileSystem.peek("/data") == [1])
        #expect(second.clock === first.clock)
    }
}
