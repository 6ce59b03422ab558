import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

@Suite struct AppendLogSimulationTests {
    static let policies: [FsyncPolicy] = [.always, .everysec, .no]

    @Test(arguments: policies, [true, false])
    func whatWasPromisedSurvivesEveryPowerLoss(policy: FsyncPolicy, hasChecksum: Bool) throws {
        for seed in [1, 2, 3, 4, 139, 181] as [UInt64] {
            let settings = AppendLogModel.settings {
                $0.fsync = policy
                $0.hasChecksum = hasChecksum
            }
            let run = try AppendLogRun(seed: seed, settings: settings)
            var losses = SeededRandom(seed: seed)
            let model: PowerLossModel = hasChecksum ? .harsh : .ordered
            run.world.fileSystem.afterEachCall = { disk, call in
                guard call.isChange else { return }
                let what = "seed \(seed), \(policy), call \(call)"
                run.check(
                    disk.afterPowerLoss(model, choosing: &losses), atLeast: run.durableCount, what)
                run.check(
                    disk.afterProcessDeath(), atLeast: run.promisedCount, "kill at \(what)")
            }
            try run.open()
            for _ in 0..<60 { try run.step() }
            run.world.fileSystem.afterEachCall = nil
            #expect(run.log.flush() == nil)
            run.note()
            #expect(run.durableCount == run.offsets.count)
            #expect(run.offsets.count > 50)
        }
    }

    @Test(arguments: policies)
    func generationsOfCrashesLoseNothingThatWasPromised(policy: FsyncPolicy) throws {
        for seed in 1...12 as ClosedRange<UInt64> {
            var random = SeededRandom(seed: seed)
            var disk: SimulatedFileSystem?
            var found = Recovery()
            var settings = AppendLogModel.settings { $0.fsync = policy }
            for generation in 0..<6 {
                settings.log.hasChecksum = random.chance(3, in: 4)
                let run = try AppendLogRun(
                    seed: random.next(), disk: disk, settings: settings, recovery: found)
                run.groups = []
                try run.open()
                for _ in 0..<(5 + random.index(below: 30)) { try run.step() }
                let isKill = random.chance(1, in: 2)
                let next =
                    isKill
                    ? run.world.fileSystem.afterProcessDeath()
                    : run.world.fileSystem.afterPowerLoss(.ordered, choosing: &random)
                let what = "seed \(seed), generation \(generation), \(isKill ? "kill" : "power")"
                run.check(next, atLeast: isKill ? run.promisedCount : run.durableCount, what)
                found = try Recovery.start(next, settings)
                // What was applied is whole: the next look finds the same, and nothing to do.
                let again = try Recovery.start(next, settings)
                #expect(again.numbers == found.numbers, "\(what)")
                #expect(again.recovered?.end == found.recovered?.end, "\(what)")
                #expect(again.notices.isEmpty, "\(what)")
                disk = next
            }
        }
    }

    /// Every state, not one that a seed draws: a log so short that all of them can be looked at.
    @Test(arguments: policies, [true, false])
    func everyStateThatPowerMayLeaveHoldsWhatWasPromised(
        policy: FsyncPolicy, hasChecksum: Bool
    ) throws {
        var sum = 0
        defer { print("\(policy), checksum \(hasChecksum): \(sum) states after a loss of power") }
        for seed in SimulationBudget.seeds(1) {
            let settings = AppendLogModel.settings {
                $0.fsync = policy
                $0.hasChecksum = hasChecksum
            }
            let run = try AppendLogRun(seed: seed, settings: settings)
            let model: PowerLossModel = hasChecksum ? .harsh : .ordered
            var states = 0
            defer { sum += states }
            run.world.fileSystem.afterEachCall = { disk, call in
                guard call.isChange, run.complaints.isEmpty else { return }
                states += disk.forEachPowerLoss(model, countMax: 300) { survivor in
                    run.check(survivor, atLeast: run.durableCount, "seed \(seed), \(call)")
                }
            }
            try run.open()
            for _ in 0..<12 { try run.step() }
            run.world.fileSystem.afterEachCall = nil
            #expect(states > 300)
        }
    }
}
