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
        if options.fsync != .no, options.hasLog, !options.hasOperator {
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

    @Test func aClockThatJumpsChangesNoPromise() throws {
        for seed in SimulationBudget.seeds(4) {
            var options = SimulationOptions()
            options.hasJumps = true
            try run(seed: seed, options, steps: 250)
        }
    }

    /// Without a log nothing newer than the last finished dump is promised, and never less.
    @Test func dumpsAreMomentsOfTheDataSet() throws {
        for seed in SimulationBudget.seeds(3) {
            var options = SimulationOptions()
            options.hasLog = false
            // A rewrite would leave a log that is newer than the dump, which the next start refuses.
            options.rewriteEvery = 0
            options.saveEvery = 15
            try run(seed: seed, options, steps: 300)
        }
    }

    /// An operator changes the policy of the log while it is written and rewritten.
    @Test func anotherPolicyOpensNoWindow() throws {
        for seed in SimulationBudget.seeds(4) {
            var options = SimulationOptions()
            options.hasOperator = true
            try run(seed: seed, options, steps: 300)
        }
    }

    /// An operator switches the log off and on.
    @Test func switchingTheLogOpensNoWindow() throws {
        for seed in SimulationBudget.seeds(4) {
            var options = SimulationOptions()
            options.hasOperator = true
            options.switchesLog = true
            options.saveEvery = 0
            try run(seed: seed, options, steps: 300)
        }
    }
}
