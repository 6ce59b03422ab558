import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

/// Putting the disk in order can be interrupted anywhere: the next start finds the same data.
@Suite struct RecoveryApplyTests {
    private let settings = AppendLogModel.settings()

    private func records(_ range: Range<Int>) -> [UInt8] {
        range.flatMap {
            AppendLogModel.select(AppendLogModel.database(of: $0)) + AppendLogModel.record($0)
        }
    }

    /// Applies the verdict and opens the log, and loses power after every call.
    private func expectSurvival(
        of count: Int, _ disk: SimulatedFileSystem, _ location: SourceLocation = #_sourceLocation
    ) throws {
        var losses = SeededRandom(seed: 1)
        var checked = 0
        disk.afterEachCall = { disk, call in
            guard call.isChange else { return }
            for _ in 0..<4 {
                checked += 1
                let survivor = disk.afterPowerLoss(choosing: &losses)
                let found = try? Recovery.start(survivor, settings)
                #expect(found?.refusal == nil, "after \(call)", sourceLocation: location)
                #expect(found?.complaint == nil, "after \(call)", sourceLocation: location)
                #expect(
                    found?.numbers.count == count, "after \(call)", sourceLocation: location)
            }
        }
        let found = try Recovery.start(disk, settings)
        #expect(found.numbers.count == count, sourceLocation: location)
        let run = try AppendLogRun(seed: 1, disk: disk, settings: settings, recovery: found)
        try run.open()
        disk.afterEachCall = nil
        #expect(checked > 10, sourceLocation: location)
    }

    @Test func anAdoptionCanBeInterrupted() throws {
        let disk = SimulatedFileSystem()
        disk.place("/data/appendonly.aof", records(0..<4) + Array("*3\r\n$3\r\nAD".utf8))
        try expectSurvival(of: 4, disk)
    }

    @Test func aCutCanBeInterrupted() throws {
        let disk = SimulatedFileSystem()
        let text = "file b seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n"
        disk.place("/data/appendonlydir/appendonly.aof.manifest", Array(text.utf8))
        disk.place("/data/appendonlydir/b", records(0..<2))
        disk.place(
            "/data/appendonlydir/appendonly.aof.1.incr.aof",
            records(2..<5) + [UInt8](repeating: 0, count: 900))
        try expectSurvival(of: 5, disk)
    }

    @Test func aRebuiltManifestCanBeInterrupted() throws {
        let disk = SimulatedFileSystem()
        disk.place("/data/appendonlydir/appendonly.aof.3.base.aof", records(0..<2))
        disk.place("/data/appendonlydir/appendonly.aof.7.incr.aof", records(2..<5))
        disk.place("/data/appendonlydir/appendonly.aof.8.incr.aof", records(5..<6))
        try expectSurvival(of: 6, disk)
    }
}
