import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Calls on the disk fail, for once or for long, and the disk is full.
@Suite(.serialized) struct ServerFaultTests {
    private static let effects = Fault.everyEffect

    private func options(_ fsync: FsyncPolicy, hasChecksum: Bool = true) -> SimulationOptions {
        var options = SimulationOptions()
        options.fsync = fsync
        options.hasChecksum = hasChecksum
        options.hasFaults = true
        options.rewriteEvery = 15
        options.saveEvery = 25
        return options
    }

    /// Judges one in so many crashes: what nothing survives, what anything may, and a kill.
    private func judgeSome(
        of run: SimulationRun, _ what: String, oneIn share: UInt64
    ) {
        var choice = SeededRandom(seed: run.seed &+ UInt64(what.utf8.count))
        run.afterEachChange = { run, disk, call in
            guard choice.chance(1, in: share) else { return }
            let what = "\(what), \(call)"
            switch choice.index(below: 3) {
            case 0: run.judge(disk.afterPowerLoss(), after: .powerLoss, what)
            case 1:
                run.judge(
                    disk.afterPowerLoss(run.options.lossModel, choosing: &choice),
                    after: .powerLoss, what)
            default: run.judge(disk.afterProcessDeath(), after: .processDeath, what)
            }
        }
    }

    /// Expects that a run is well again, and that all of it is on the disk.
    private func expectHealed(_ run: SimulationRun, _ what: String) {
        // An attempt to heal a second; the faults that are planned may spoil a few dozen.
        run.settle(turns: 400)
        run.afterEachChange = nil
        guard run.complaints.isEmpty, let log = run.server.persistence.appendLog else { return }
        #expect(log.health == .healthy, "\(what)")
        #expect(!run.server.care.contains(.diskError), "\(what)")
        // Faults that are still planned are not for what follows.
        run.world.fileSystem.clearFaults()
        #expect(log.flush() == nil, "\(what)")
        run.listen()
        #expect(run.clients.allSatisfy { $0.durable == $0.answered }, "\(what)")
        run.judge(run.world.fileSystem.afterPowerLoss(), after: .powerLoss, "\(what), at the end")
    }

    @Test(arguments: [FsyncPolicy.always, .everysec, .no])
    func everyCallMayFailOnce(fsync: FsyncPolicy) throws {
        for seed in SimulationBudget.seeds(1) {
            let clean = try SimulationRun(seed: seed, options(fsync))
            let started = clean.world.fileSystem.callCount
            for _ in 0..<120 { clean.step() }
            clean.settle()
            let callCount = clean.world.fileSystem.callCount
            #expect(callCount > started + 60)
            for passing in started..<callCount {
                let effect = Self.effects[passing % Self.effects.count]
                let fault = Fault(effect, passing: passing)
                let run = try SimulationRun(
                    seed: seed, options(fsync), prepare: { $0.fileSystem.inject(fault) })
                let what = "\(fsync), seed \(seed), \(fault)"
                judgeSome(of: run, what, oneIn: 20)
                for _ in 0..<120 { run.step() }
                expectHealed(run, what)
                guard run.complaints.isEmpty else { return }
            }
        }
    }

    @Test(arguments: [FsyncPolicy.always, .everysec, .no])
    func aDiskThatFailsForLongIsOvercome(fsync: FsyncPolicy) throws {
        for seed in SimulationBudget.seeds(6) {
            var random = SeededRandom(seed: seed)
            let operations: [IOError.Operation] = [
                .write, .synchronize, .rename, .synchronizeDirectory, .open, .truncate,
            ]
            let run = try SimulationRun(seed: seed, options(fsync))
            // A dump beside a log that never held anything would be taken for the newer data.
            for _ in 0..<40 { run.step() }
            for _ in 0..<6 {
                run.world.fileSystem.inject(
                    Fault(
                        Self.effects[random.index(below: Self.effects.count)],
                        on: [operations[random.index(below: operations.count)]],
                        passing: random.index(below: 40), times: 1 + random.index(below: 5)))
            }
            let what = "\(fsync), seed \(seed)"
            judgeSome(of: run, what, oneIn: 4)
            for _ in 0..<300 { run.step() }
            expectHealed(run, what)
        }
    }

    @Test(arguments: [FsyncPolicy.always, .everysec, .no], [true, false])
    func aFullDiskRefusesWritesUntilThereIsRoom(fsync: FsyncPolicy, hasChecksum: Bool) throws {
        for seed in SimulationBudget.seeds(3) {
            let run = try SimulationRun(seed: seed, options(fsync, hasChecksum: hasChecksum))
            let what = "\(fsync), checksum \(hasChecksum), seed \(seed)"
            judgeSome(of: run, what, oneIn: 4)
            for _ in 0..<80 { run.step() }
            let disk = run.world.fileSystem
            let used = disk.paths.reduce(0) { $0 + (disk.peek($1)?.count ?? 0) }
            disk.setCapacity(UInt64(used + 200))
            for _ in 0..<200 { run.step() }
            guard run.complaints.isEmpty else { return }
            #expect(run.server.persistence.appendLog?.health != .healthy, "\(what)")
            #expect(run.server.care.contains(.diskError), "\(what)")
            let info = try run.info()
            #expect(info.contains("aof_last_write_status:err"), "\(what)")
            #expect(info.contains("aof_state_reason:No space left on device"), "\(what)")
            if fsync != .always {
                #expect(run.clients.contains { $0.wasRefused }, "\(what)")
            }
            disk.setCapacity(nil)
            for _ in 0..<150 { run.step() }
            expectHealed(run, what)
            let healed = try run.info()
            #expect(healed.contains("aof_last_write_status:ok"), "\(what)")
            #expect(healed.contains("aof_state:healthy"), "\(what)")
        }
    }

    /// Calls last for seconds, and threads are stuck in the kernel: nothing that was promised waits for
    /// them to come back.
    @Test(arguments: [FsyncPolicy.always, .everysec])
    func aDiskThatHangsTakesNothingBack(fsync: FsyncPolicy) throws {
        for seed in SimulationBudget.seeds(3) {
            var options = options(fsync)
            options.hasHangs = true
            let run = try SimulationRun(seed: seed, options)
            var random = SeededRandom(seed: seed)
            for _ in 0..<8 {
                run.world.fileSystem.inject(
                    Fault(
                        .delay(500_000 + Int64(random.below(8_000_000))),
                        on: [.write, .synchronize, .synchronizeDirectory],
                        passing: random.index(below: 60)))
            }
            let what = "\(fsync), seed \(seed)"
            judgeSome(of: run, what, oneIn: 3)
            for _ in 0..<300 { run.step() }
            expectHealed(run, what)
        }
    }

    /// A start on a failing disk serves what was there, or refuses; it never serves less.
    @Test func everyCallOfAStartMayFail() throws {
        for seed in SimulationBudget.seeds(2) {
            let options = options(.always)
            let run = try SimulationRun(seed: seed, options)
            for _ in 0..<120 { run.step() }
            let disk = run.world.fileSystem.afterProcessDeath()
            var callCount = 1
            var passing = 0
            var refusals = 0
            while passing < callCount, run.complaints.isEmpty {
                let fault = Fault(Self.effects[passing % 2], passing: passing)
                let next = try SimulatedServer(
                    seed: seed, on: disk.afterProcessDeath(), directives: options.allDirectives,
                    prepare: { $0.fileSystem.inject(fault) })
                callCount = max(callCount, next.world.fileSystem.callCount)
                if next.refusal == nil {
                    run.compare(next.contents, after: .processDeath, "\(fault)")
                } else {
                    refusals += 1
                }
                for survivor in [
                    next.world.fileSystem.afterPowerLoss(),
                    next.world.fileSystem.afterProcessDeath(),
                ] {
                    run.judge(survivor, after: .processDeath, "the start after \(fault)")
                }
                passing += 1
            }
            #expect(passing > 10)
            #expect(refusals > 0)
        }
    }
}
