import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

/// Logs and disks that leave one step out. A simulation that finds nothing wrong with them would be
/// worth nothing: each has to be noticed, and as what it is.
@Suite struct AppendLogCanaryTests {
    /// What a check says when it notices.
    private enum Sign: String {
        case loss = "promised numbers"
        case refusal = "refused"
        case double = "follows"
    }

    private func expectNotice(
        _ sign: Sign, hasChecksum: Bool = true, _ breakage: Breakage? = nil, faults: [Fault] = [],
        after death: Bool = false,
        prepare: (AppendLogRun) -> Void = { _ in },
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        var complaints: [String] = []
        for seed in 1...12 as ClosedRange<UInt64> {
            let run = try AppendLogRun(
                seed: seed,
                settings: AppendLogModel.settings {
                    $0.fsync = .always
                    $0.hasChecksum = hasChecksum
                },
                wrapping: { disk in
                    guard let breakage else { return disk }
                    return BrokenFileSystem(disk, breakage)
                })
            run.isCanary = true
            for fault in faults { run.world.fileSystem.inject(fault) }
            prepare(run)
            run.world.fileSystem.afterEachCall = { disk, call in
                guard call.isChange, run.complaints.isEmpty else { return }
                let survivor = death ? disk.afterProcessDeath() : disk.afterPowerLoss()
                let count = death ? run.promisedCount : run.durableCount
                run.check(survivor, atLeast: count, "\(call)")
            }
            do { try run.open() } catch { continue }
            for _ in 0..<60 where run.complaints.isEmpty { try run.step() }
            run.world.fileSystem.afterEachCall = nil
            complaints += run.complaints
            if complaints.contains(where: { $0.contains(sign.rawValue) }) { return }
        }
        Issue.record("not noticed as \(sign): \(complaints.prefix(3))", sourceLocation: location)
    }

    @Test func noticesADiskThatLies() throws {
        try expectNotice(
            .loss, faults: [Fault(.lie, on: [.synchronize], path: "incr", passing: 2, times: .max)])
    }

    @Test func noticesADirectoryThatIsNotSynchronized() throws {
        try expectNotice(.loss, .forgetsDirectories)
    }

    @Test func noticesAnIncrementThatIsNotSynchronized() throws {
        try expectNotice(.loss, .forgetsData(of: "incr.aof"))
    }

    @Test func noticesAListThatIsRenamedBeforeItsDataIsSynchronized() throws {
        try expectNotice(.refusal, .forgetsData(of: "manifest"))
    }

    @Test func noticesARenameThatIsNoSingleStep() throws {
        try expectNotice(.refusal, .renamesByCopying, after: true)
    }

    @Test func noticesARewriteThatForgetsTheIncrement() throws {
        try expectNotice(.loss, .forgetsIncrement(in: "manifest"))
    }

    @Test func noticesAReplyBeforeTheSync() throws {
        try expectNotice(.loss, prepare: { $0.answersBeforeTheSync = true })
    }

    @Test func noticesAnOffsetThatIsGivenTwice() throws {
        try expectNotice(.loss, prepare: { $0.reusesOffsets = true })
    }

    @Test func noticesARecordThatIsWrittenTwice() throws {
        try expectNotice(.double, hasChecksum: false, .writesTwice(to: "incr.aof"), after: true)
        // With checksums it is noticed before anything is loaded.
        try expectNotice(.refusal, .writesTwice(to: "incr.aof"), after: true)
    }

    @Test func noticesAFailedSyncThatIsPassedOver() throws {
        try expectNotice(
            .loss, .hidesFailedSynchronization,
            faults: [
                Fault(.fail(SystemCode.inputOutput), on: [.synchronize], path: "incr", passing: 3)
            ])
    }

    @Test func noticesAShortWriteThatIsNotContinued() throws {
        try expectNotice(
            .refusal, hasChecksum: false, .hidesShortWrites,
            faults: [Fault(.shortWrite(20), on: [.write], path: "incr", passing: 4)], after: true)
    }

    /// A file that failed is cut back to where the fresh one begins; without that its records count
    /// twice, where nothing says at which offset it began.
    @Test func noticesAFailedFileThatIsNotCut() throws {
        let disk = SimulatedFileSystem()
        let settings = AppendLogModel.settings {
            $0.fsync = .always
            $0.hasChecksum = false
        }
        let text = "file appendonly.aof.1.incr.aof seq 1 type i\n"
        disk.place("/data/appendonlydir/appendonly.aof.manifest", Array(text.utf8))
        disk.place(
            "/data/appendonlydir/appendonly.aof.1.incr.aof",
            (0..<4).flatMap {
                AppendLogModel.select(AppendLogModel.database(of: $0)) + AppendLogModel.record($0)
            })
        let run = try AppendLogRun(
            seed: 1, disk: disk, settings: settings,
            recovery: try Recovery.start(disk, settings),
            wrapping: { BrokenFileSystem($0, .ignoresTruncation) })
        run.isCanary = true
        run.mayRewrite = false
        try run.open()
        disk.inject(Fault(.fail(SystemCode.inputOutput), on: [.synchronize], path: "incr"))
        for _ in 0..<20 { try run.step() }
        run.check(disk.afterProcessDeath(), atLeast: run.promisedCount, "the end")
        #expect(run.complaints.contains { $0.contains(Sign.double.rawValue) })
    }
}
