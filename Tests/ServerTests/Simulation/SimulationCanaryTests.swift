import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Servers and disks that break their promises. A simulation that finds nothing wrong with them
/// would be worth nothing.
@Suite struct SimulationCanaryTests {
    private func expectComplaint(
        _ options: SimulationOptions = SimulationOptions(), after crash: Crash = .powerLoss,
        wrapping wrap: (SimulatedFileSystem) -> any FileSystem = { $0 },
        prepare: (SimulatedWorld) -> Void = { _ in },
        before step: (SimulationRun) -> Void = { _ in }
    ) throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            let run = try SimulationRun(seed: seed, options, wrapping: wrap, prepare: prepare)
            run.isCanary = true
            run.afterEachChange = { run, disk, call in
                run.judge(disk.afterPowerLoss(), after: crash, "\(call)")
            }
            for _ in 0..<150 where run.complaints.isEmpty {
                step(run)
                run.step()
            }
            if !run.complaints.isEmpty { return }
        }
        Issue.record("nothing was noticed")
    }

    @Test func noticesADiskThatLies() throws {
        try expectComplaint(prepare: { world in
            world.fileSystem.inject(
                Fault(.lie, on: [.synchronize], path: "incr", passing: 6, times: .max))
        })
    }

    @Test func noticesADirectoryThatIsNotSynchronized() throws {
        try expectComplaint(prepare: { world in
            world.fileSystem.inject(Fault(.lie, on: [.synchronizeDirectory], times: .max))
        })
    }

    /// The gate is opened before the disk has caught up.
    @Test func noticesRepliesThatLeaveTooEarly() throws {
        try expectComplaint(before: { run in
            for client in run.server.clients.all { client.value.gate.reset() }
        })
    }

    /// Reads show what a crash takes back.
    @Test func noticesReadsThatDoNotWait() throws {
        try expectComplaint(before: { run in
            run.server.keyspace.shared.value.footprint.keep(false)
        })
    }

    @Test func noticesADeathThatTakesWhatWasAnswered() throws {
        var options = SimulationOptions()
        options.fsync = .everysec
        options.rewriteEvery = 0
        try expectComplaint(options, after: .processDeath)
    }
}
