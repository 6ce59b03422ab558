import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

@Suite struct AppendLogFaultTests {
    private static let effects = Fault.everyEffect

    /// Runs a workload on a disk with faults; nothing when the start itself was refused.
    private func run(
        seed: UInt64, _ settings: RecoverySettings, _ faults: [Fault], isChecking: Bool
    ) throws -> AppendLogRun? {
        let run = try AppendLogRun(seed: seed, settings: settings)
        for fault in faults { run.world.fileSystem.inject(fault) }
        var losses = SeededRandom(seed: seed)
        let model: PowerLossModel = settings.log.hasChecksum ? .harsh : .ordered
        if isChecking {
            run.world.fileSystem.afterEachCall = { disk, call in
                guard call.isChange else { return }
                run.noteFailure()
                let what = "seed \(seed), \(settings.log.fsync), \(faults), \(call)"
                run.check(
                    disk.afterPowerLoss(model, choosing: &losses), atLeast: run.durableCount, what)
                guard settings.log.fsync == .always else { return }
                run.check(
                    disk.afterProcessDeath(), atLeast: run.promisedCount, "kill at \(what)")
            }
        }
        do { try run.open() } catch { return nil }
        for _ in 0..<15 { try run.step() }
        try run.settle()
        run.world.fileSystem.afterEachCall = nil
        return run
    }

    @Test(arguments: AppendLogSimulationTests.policies, [true, false])
    func everyCallMayFailOnce(policy: FsyncPolicy, hasChecksum: Bool) throws {
        let settings = AppendLogModel.settings {
            $0.fsync = policy
            $0.hasChecksum = hasChecksum
        }
        let clean = try #require(try run(seed: 3, settings, [], isChecking: false))
        let callCount = clean.world.fileSystem.callCount
        #expect(callCount > 30)
        for number in 0..<callCount * SimulationBudget.rounds(1, torture: Self.effects.count) {
            let (round, passing) = number.quotientAndRemainder(dividingBy: callCount)
            let effect = Self.effects[(passing + round) % Self.effects.count]
            let fault = Fault(effect, passing: passing)
            guard let run = try run(seed: 3, settings, [fault], isChecking: true) else { continue }
            #expect(run.log.health == .healthy, "\(fault)")
            #expect(run.log.flush() == nil, "\(fault)")
            let disk = run.world.fileSystem.afterPowerLoss()
            let found = try Recovery.start(disk, settings)
            #expect(found.refusal == nil, "\(fault)")
            #expect(found.complaint == nil, "\(fault)")
            #expect(found.numbers.count == run.offsets.count, "\(fault)")
        }
    }

    @Test(arguments: AppendLogSimulationTests.policies)
    func aDiskThatFailsForLongHealsWithoutLoss(policy: FsyncPolicy) throws {
        for seed in Array(1...16) + [240, 287, 318] as [UInt64] {
            let settings = AppendLogModel.settings { $0.fsync = policy }
            var random = SeededRandom(seed: seed)
            let operations: [IOError.Operation] = [
                .write, .synchronize, .rename, .synchronizeDirectory, .open, .truncate,
            ]
            let faults = (0..<6).map { _ in
                Fault(
                    Self.effects[random.index(below: Self.effects.count)],
                    on: [operations[random.index(below: operations.count)]],
                    passing: 5 + random.index(below: 40), times: 1 + random.index(below: 5))
            }
            guard let run = try run(seed: seed, settings, faults, isChecking: true) else {
                continue
            }
            #expect(run.log.health == .healthy, "seed \(seed)")
            run.world.fileSystem.clearFaults()
            #expect(run.log.flush() == nil, "seed \(seed)")
            let found = try Recovery.start(run.world.fileSystem.afterPowerLoss(), settings)
            #expect(found.refusal == nil, "seed \(seed)")
            #expect(found.complaint == nil, "seed \(seed)")
            #expect(found.numbers.count == run.offsets.count, "seed \(seed)")
        }
    }

    /// What the full disk took before can be synchronized where it is: healing needs room for the
    /// rest alone, not for everything since the last sync.
    @Test func aFullDiskHealsWithRoomForTheRest() throws {
        let run = try AppendLogRun(
            seed: 3, settings: AppendLogModel.settings { $0.fsync = .everysec })
        try run.open()
        run.mayRewrite = false
        for _ in 0..<500 { run.append() }
        try run.endTurn(everyActiveClientWaits: true)
        let size = run.log.currentSize
        #expect(run.log.durable < run.log.written)
        run.world.fileSystem.setCapacity(size + 200)
        for _ in 0..<10 { run.append() }
        try run.endTurn(everyActiveClientWaits: true)
        #expect(run.log.health != .healthy)

        run.world.fileSystem.setCapacity(size + 4000)
        for _ in 0..<5 {
            run.world.clock.advance(microseconds: 1_100_000)
            try run.endTurn(everyActiveClientWaits: true)
            run.world.threads.runUntilIdle(choosing: &run.random)
        }
        try run.endTurn(everyActiveClientWaits: true)
        #expect(run.log.health == .healthy)
        #expect(run.log.durable == run.log.appended)
        let found = try Recovery.start(run.world.fileSystem.afterPowerLoss(), run.settings)
        #expect(found.numbers.count == 510)
    }

    /// A file that waits to be removed is listed until it is gone: unlisted it would look like data.
    @Test func whatCouldNotBeRemovedStaysListed() throws {
        let run = try AppendLogRun(
            seed: 3, settings: AppendLogModel.settings { $0.fsync = .everysec })
        try run.open()
        run.mayRewrite = false
        let disk = run.world.fileSystem
        disk.inject(Fault(.fail(SystemCode.inputOutput), on: [.remove], path: "1.incr.aof"))
        for _ in 0..<5 { run.append() }
        run.log.requestRewrite()
        try run.settle()
        #expect(run.rewrites == 1)
        let left = disk.paths.filter { $0.hasSuffix(".1.incr.aof") }
        #expect(left.count == 1)
        let manifest = disk.peek("/data/appendonlydir/appendonly.aof.manifest") ?? []
        let text = String(decoding: manifest, as: UTF8.self)
        #expect(text.contains("file appendonly.aof.1.incr.aof seq 1 type h\n"))
        #expect(!text.contains("base.aof seq 1 type h\n"), "what is gone is forgotten")
    }
}
