import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Power fails while clients talk through threads that read and write for the server.
@Suite(.serialized) struct IOThreadPowerLossTests {
    @Test(arguments: [FsyncPolicy.always, .everysec])
    func whatWasPromisedSurvives(fsync: FsyncPolicy) throws {
        for seed in SimulationBudget.seeds(1) {
            var options = SimulationOptions()
            options.fsync = fsync
            options.clientCount = 8
            var losses = SeededRandom(seed: seed)
            let run = try SimulationRun(seed: seed, options)
            run.host.startIOThreads(3, seed: seed)
            run.afterEachChange = { run, disk, call in
                let what = "\(call), seed \(seed)"
                run.judge(disk.afterPowerLoss(), after: .powerLoss, what + ", nothing survives")
                run.judge(
                    disk.afterPowerLoss(options.lossModel, choosing: &losses), after: .powerLoss,
                    what)
                run.judge(disk.afterProcessDeath(), after: .processDeath, what)
            }
            #expect(run.host.refusal == nil)
            for _ in 0..<250 { run.step() }
            run.settle()
            guard run.complaints.isEmpty else { return }
            #expect(run.clients.allSatisfy { $0.durable == $0.answered }, "seed \(seed)")
            #expect(run.clients.reduce(0) { $0 + $1.answered } > 30, "seed \(seed)")
            #expect(run.server.statistics.threadedReads > 0, "seed \(seed)")
            #expect(run.server.statistics.threadedWrites > 0, "seed \(seed)")
        }
    }
}
