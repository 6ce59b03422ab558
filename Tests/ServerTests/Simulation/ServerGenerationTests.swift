import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Lives that end in a crash, one after the other, on the same disk.
@Suite struct ServerGenerationTests {
    @Test(arguments: [true, false])
    func nothingIsLostOverGenerations(hasChecksum: Bool) throws {
        for seed in SimulationBudget.seeds(6) {
            var random = SeededRandom(seed: seed)
            var life = Life()
            for generation in 0..<6 {
                var options = SimulationOptions()
                options.hasChecksum = hasChecksum
                options.fsync = [.always, .everysec, .no][random.index(below: 3)]
                options.rewriteEvery = 20
                options.hasJumps = random.chance(1, in: 2)
                if random.chance(1, in: 3) {
                    options.directives.append(["aof-use-rdb-preamble", "no"])
                }
                let what = "seed \(seed), generation \(generation)"
                let next = try live(life, options, &random, seed, what)
                life = try #require(next, "\(what): a life ended without leaving a disk")
            }
        }
    }

    /// What one life leaves to the next.
    private struct Life {
        var disk: SimulatedFileSystem?
        var states: [ModelState]?
        var latest: Int64 = 0
    }

    private func live(
        _ life: Life, _ options: SimulationOptions, _ random: inout SeededRandom, _ seed: UInt64,
        _ what: String
    ) throws -> Life? {
        let run = try SimulationRun(
            seed: random.next(), options, on: life.disk, from: life.states, latest: life.latest)
        run.testSeed = seed
        guard run.host.refusal == nil else {
            run.complain("\(what): \(run.host.refusal ?? "")")
            return nil
        }
        var next: Life?
        var choice = SeededRandom(seed: random.next())
        // The crash comes inside a call, except in short lives that do not get that far.
        var left = choice.index(below: 60)
        run.afterEachChange = { run, disk, call in
            left -= 1
            if left == -1 { next = Self.crash(run, disk, &choice, "\(what), \(call)") }
        }
        for _ in 0..<(20 + choice.index(below: 250)) where left >= 0 { run.step() }
        run.afterEachChange = nil
        if left >= 0 {
            run.listen()
            next = Self.crash(run, run.world.fileSystem, &choice, what)
        }
        return next
    }

    /// Ends a life; the start after it may be interrupted by a crash at any call, too.
    private static func crash(
        _ run: SimulationRun, _ disk: SimulatedFileSystem, _ random: inout SeededRandom,
        _ what: String
    ) -> Life? {
        let crash: Crash = random.chance(1, in: 2) ? .processDeath : .powerLoss
        let model = run.options.lossModel
        let survivor =
            crash == .processDeath
            ? disk.afterProcessDeath() : disk.afterPowerLoss(model, choosing: &random)
        var choice = SeededRandom(seed: random.next())
        let next = run.judge(survivor, after: crash, what) { world in
            world.fileSystem.afterEachCall = { disk, call in
                guard call.isChange, choice.chance(1, in: 2) else { return }
                let what = "\(what), then at the start's \(call)"
                run.judge(disk.afterProcessDeath(), after: crash, what)
                // Not before the start is over, what a kill has left is forced to the disk.
                run.judge(
                    disk.afterPowerLoss(model, choosing: &choice), after: .powerLoss, what)
            }
        }
        guard let next else { return nil }
        next.world.fileSystem.afterEachCall = nil
        let contents = next.contents
        return Life(
            disk: next.world.fileSystem.afterProcessDeath(),
            states: run.clients.map { run.state(of: $0.number, in: contents) }, latest: run.latest)
    }
}
