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
        for seed in 1...6 as ClosedRange<UInt64> {
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
}
