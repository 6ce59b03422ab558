import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Power fails, or the process is killed, after every call on the disk that changes it.
@Suite(.serialized) struct ServerPowerLossTests {
    /// Runs a session and judges a crash at each change of the disk.
    private func run(seed: UInt64, _ options: SimulationOptions, steps: Int) throws {
        var losses = SeededRandom(seed: seed)
        let run = try SimulationRun(seed: seed, options)
        run.afterEachChange = { run, disk, call in
            let what = "\(call)"
            run.judge(disk.afterPowerLoss(), after: .powerLoss, what + ", nothing survives")
            run.judge(
                disk.afterPowerLoss(options.lossModel, choosing: &losses), after: .powerLoss, what)
            run.judge(disk.afterProcessDeath(), after: .processDeath, what)
        }
        #expect(run.host.refusal == nil)
        for _ in 0..<steps { run.step() }
        run.settle()
        guard run.complaints.isEmpty else { return }
        if options.fsync != .no {
            #expect(run.clients.allSatisfy { $0.durable == $0.answered }, "seed \(seed)")
        }
        #expect(run.clients.reduce(0) { $0 + $1.answered } > steps / 10, "seed \(seed)")
    }

    @Test(arguments: [FsyncPolicy.always, .everysec, .no], [true, false])
    func whatWasPromisedSurvives(fsync: FsyncPolicy, hasChecksum: Bool) throws {
        for seed in SimulationBudget.seeds(2) {
            var options = SimulationOptions()
            options.fsync = fsync
            options.hasChecksum = hasChecksum
            try run(seed: seed, options, steps: 300)
        }
    }
}
