import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

@Suite struct AppendLogTests {
    private let increment = "/data/appendonlydir/appendonly.aof.1.incr.aof"

    private func opened(
        _ change: (inout AppendOnlySettings) -> Void = { _ in }
    ) throws -> AppendLogRun {
        let run = try AppendLogRun(seed: 1, settings: AppendLogModel.settings(change))
        try run.open()
        run.mayRewrite = false
        return run
    }

    private func text(_ run: AppendLogRun, _ path: String) -> String {
        String(decoding: run.world.fileSystem.peek(path) ?? [], as: UTF8.self)
    }

    @Test func recordsAndSelectsStandAsRedisWritesThem() throws {
        let run = try opened { $0.hasChecksum = false }
        for database in [0, 0, 3] {
            _ = Array("*1\r\n$4\r\nPING\r\n".utf8).withSlice {
                run.log.append($0, database: database)
            }
        }
        run.log.beginGroup(database: 5)
        for database in [5, 1] {
            _ = Array("*1\r\n$4\r\nPONG\r\n".utf8).withSlice {
                run.log.append($0, database: database)
            }
        }
        _ = run.log.endGroup()
        run.log.endTurn(everyActiveClientWaits: false)
        let ping = "*1\r\n$4\r\nPING\r\n"
        let pong = "*1\r\n$4\r\nPONG\r\n"
        func select(_ database: Int) -> String {
            "*2\r\n$6\r\nSELECT\r\n$1\r\n\(database)\r\n"
        }
        let head = String(text(run, increment).unicodeScalars.prefix(69))
        #expect(head.hasPrefix("#LS:1 "))
        #expect(
            text(run, increment) == head + select(0) + ping + ping + select(3) + ping
                + select(5) + "*1\r\n$5\r\nMULTI\r\n" + pong + select(1) + pong
                + "*1\r\n$4\r\nEXEC\r\n")
    }

    @Test func timeIsToldOnceASecond() throws {
        let run = try opened {
            $0.hasChecksum = false
            $0.hasTimestamps = true
        }
        for _ in 0..<3 {
            run.append()
            try run.endTurn()
            run.world.clock.advance(microseconds: 400_000)
        }
        let lines = text(run, increment).split(separator: "\r\n").filter { $0.hasPrefix("#TS:") }
        #expect(lines == ["#TS:1700000000"])
        run.world.clock.advance(microseconds: 400_000)
        run.append()
        try run.endTurn()
        #expect(text(run, increment).contains("#TS:1700000001\r\n"))
        #expect(run.log.flush() == nil)
        let found = try Recovery.start(run.world.fileSystem.afterPowerLoss(), run.settings)
        #expect(found.numbers.count == 4)
    }

    @Test func underAlwaysADiskThatIsSlowIsLeftToTheLogThread() throws {
        let run = try opened { $0.fsync = .always }
        run.append()
        try run.endTurn(everyActiveClientWaits: true)
        #expect(run.log.durable == run.log.appended)

        run.append()
        try run.endTurn(everyActiveClientWaits: false)
        #expect(run.log.durable < run.log.appended)
        run.append()
        try run.endTurn(everyActiveClientWaits: true)
        #expect(run.log.written < run.log.appended)
        run.world.threads.runUntilIdle(choosing: &run.random)
        try run.endTurn(everyActiveClientWaits: true)
        #expect(run.log.durable == run.log.appended)

        run.world.fileSystem.inject(Fault(.delay(20_000), on: [.synchronize], times: .max))
        run.append()
        try run.endTurn(everyActiveClientWaits: true)
        run.append()
        try run.endTurn(everyActiveClientWaits: true)
        #expect(run.log.durable < run.log.appended)
    }

    @Test func underEverysecTheOldestByteWaitsForASecond() throws {
        let run = try opened()
        run.append()
        try run.endTurn()
        #expect(run.log.written == run.log.appended)
        #expect(run.log.promised == run.log.appended)
        let deadline = try #require(run.log.nextDeadline)
        run.world.clock.advance(
            microseconds: deadline - 1 - run.world.clock.monotonicMicroseconds)
        try run.endTurn()
        #expect(run.log.pendingSyncs == 0)
        run.world.clock.advance(microseconds: 1)
        try run.endTurn()
        #expect(run.log.pendingSyncs == 1)
        #expect(run.log.unsyncedMicroseconds == 1_000_000)
        run.world.threads.runUntilIdle(choosing: &run.random)
        try run.endTurn()
        #expect(run.log.durable == run.log.appended)
        #expect(run.log.unsyncedBytes == 0)
        #expect(run.log.nextDeadline == nil)
    }

    @Test func aSyncThatHangsDelaysNoWrite() throws {
        let run = try opened()
        let files = try #require(run.world.threads.worker(named: "files"))
        run.append()
        try run.endTurn()
        run.world.clock.advance(microseconds: 1_000_000)
        try run.endTurn()
        files.setHanging(true)
        for _ in 0..<5 {
            run.append()
            try run.endTurn()
            run.world.threads.worker(named: "log")?.step()
            run.world.clock.advance(microseconds: 1_000_000)
            try run.endTurn()
            #expect(run.log.promised == run.log.appended)
        }
        #expect(run.log.delayedSyncs > 0)
        #expect(run.log.unsyncedBytes > 0)
        files.setHanging(false)
        try run.settle()
        #expect(run.log.unsyncedBytes == 0)
    }

    @Test func whatWaitsForTheDiskIsLimited() throws {
        let run = try opened { $0.unsyncedLimit = 2000 }
        run.world.fileSystem.inject(
            Fault(.fail(SystemCode.noSpace), on: [.write], path: ".incr.aof", times: .max))
        while !run.log.isOverLimit {
            run.append()
            try run.endTurn(everyActiveClientWaits: false)
            run.world.threads.runUntilIdle(choosing: &run.random)
            #expect(run.offsets.count < 100)
        }
        guard case .refusing(let failure) = run.log.health else {
            Issue.record("a full disk is refused, not \(run.log.health)")
            return
        }
        #expect(failure.lastError.isNoSpace)
        run.world.fileSystem.clearFaults()
        try run.settle()
        #expect(run.log.health == .healthy)
        #expect(!run.log.isOverLimit)
        let found = try Recovery.start(run.world.fileSystem.afterPowerLoss(), run.settings)
        #expect(found.numbers.count == run.offsets.count)
    }

    @Test func beyondTheLimitASyncDoesNotWaitForItsSecond() throws {
        let run = try opened { $0.unsyncedLimit = 2000 }
        while !run.log.isOverLimit {
            run.append()
            #expect(run.log.pendingSyncs == 0)
            try run.endTurn()
        }
        #expect(run.log.pendingSyncs == 1)
        run.world.threads.runUntilIdle(choosing: &run.random)
        try run.endTurn()
        #expect(!run.log.isOverLimit)
    }

    @Test func whoWaitsHastensTheSync() throws {
        let run = try opened()
        run.append()
        try run.endTurn()
        #expect(run.log.pendingSyncs == 0)
        run.log.hasten(upTo: run.log.appended)
        try run.endTurn()
        #expect(run.log.pendingSyncs == 1)
        // What was appended meanwhile is not what was waited for, and takes its time again.
        run.append()
        run.world.threads.runUntilIdle(choosing: &run.random)
        try run.endTurn()
        #expect(run.log.durable < run.log.appended)
        #expect(run.log.pendingSyncs == 0)
    }

    @Test func thePolicyChangesAtRunTime() throws {
        let run = try opened { $0.fsync = .no }
        run.append()
        try run.endTurn()
        #expect(run.log.durable < run.log.appended)
        run.log.settings.fsync = .always
        try run.endTurn(everyActiveClientWaits: true)
        #expect(run.log.durable == run.log.appended)
        run.log.settings.fsync = .everysec
        run.append()
        try run.endTurn(everyActiveClientWaits: true)
        #expect(run.log.durable < run.log.appended)
    }

    @Test func aRewriteReplacesTheFilesAndRemovesTheOld() throws {
        let run = try opened()
        for _ in 0..<10 { run.append() }
        try run.endTurn()
        let before = run.log.currentSize
        run.log.requestRewrite()
        try run.settle()
        #expect(run.rewrites == 1)
        #expect(run.log.sizeAfterRewrite == run.log.currentSize)
        #expect(run.log.currentSize < before + 200)
        let names = run.world.fileSystem.paths.map { FilePath.name(of: $0) }
        #expect(
            names.sorted() == [
                "appendonly.aof.2.base.aof", "appendonly.aof.2.incr.aof",
                "appendonly.aof.manifest", "keep",
            ])
        #expect(!text(run, "/data/appendonlydir/appendonly.aof.manifest").contains("type h"))
    }

    /// Switches the log on at run time, with a crash after every call: before it counts as on, the
    /// old files are untouched; from then on, everything is there.
    @Test func switchingOnLosesNothingOnceItIsOn() throws {
        for seed in 1...8 as ClosedRange<UInt64> {
            let settings = AppendLogModel.settings { $0.fsync = .always }
            let run = try AppendLogRun(seed: seed, settings: settings)
            run.mayRewrite = false
            var losses = SeededRandom(seed: seed)
            run.world.fileSystem.afterEachCall = { disk, call in
                guard call.isChange, run.log.phase == .on else { return }
                run.check(
                    disk.afterPowerLoss(choosing: &losses), atLeast: run.durableCount, "\(call)")
            }
            run.log.enable()
            for _ in 0..<30 {
                if run.log.phase != .off, run.random.chance(1, in: 2) { run.append() }
                try run.step()
            }
            #expect(run.log.phase == .on)
            #expect(run.log.disable() == nil)
            let found = try Recovery.start(run.world.fileSystem.afterPowerLoss(), settings)
            #expect(found.complaint == nil)
            #expect(found.numbers.count == run.offsets.count)
            // Offsets go on, and the log can be switched on again.
            run.log.enable()
            for _ in 0..<30 { try run.step() }
            #expect(run.log.phase == .on)
            #expect(run.log.flush() == nil)
            let again = try Recovery.start(run.world.fileSystem.afterPowerLoss(), settings)
            #expect(again.numbers.count == run.offsets.count)
        }
    }

    @Test func aFailureWhileCollectingLeavesTheLogOff() throws {
        let run = try AppendLogRun(seed: 1, settings: AppendLogModel.settings())
        run.mayRewrite = false
        run.log.enable()
        run.append()
        run.world.fileSystem.inject(
            Fault(.fail(SystemCode.inputOutput), on: [.write], path: "temp-", passing: 1))
        for _ in 0..<10 { try run.step() }
        #expect(run.log.phase == .off)
        #expect(!run.world.fileSystem.paths.contains { $0.contains("temp-appendonly") })
        run.log.enable()
        for _ in 0..<30 { try run.step() }
        #expect(run.log.phase == .on)
    }
}

@Suite struct AppendLogTriggerTests {
    private func decide(_ trigger: inout RewriteTrigger, _ size: UInt64, at now: Int64 = 0)
        -> RewriteTrigger.Action
    {
        trigger.decide(
            size: size, sizeAfterRewrite: 100, growthPercent: 100, sizeMin: 150, now: now)
    }

    @Test func waitsForGrowthAndSize() {
        var trigger = RewriteTrigger()
        #expect(decide(&trigger, 150) == .wait)
        #expect(decide(&trigger, 199) == .wait)
        #expect(decide(&trigger, 200) == .beginRewrite(growthPercent: 100))
        #expect(
            trigger.decide(
                size: 1000, sizeAfterRewrite: 0, growthPercent: 0, sizeMin: 0, now: 0) == .wait)
        #expect(
            trigger.decide(
                size: 64, sizeAfterRewrite: 0, growthPercent: 100, sizeMin: 0, now: 0)
                == .beginRewrite(growthPercent: 6300))
    }

    @Test func spacesAttemptsOutAfterFailures() {
        var trigger = RewriteTrigger()
        let minute: Int64 = 60_000_000
        for _ in 0..<2 { trigger.rewriteFailed() }
        #expect(decide(&trigger, 200) == .beginRewrite(growthPercent: 100))
        var now: Int64 = 0
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] as [Int64] {
            trigger.rewriteFailed()
            #expect(decide(&trigger, 200, at: now) == .tellLimit(minutes: Int(minutes)))
            #expect(decide(&trigger, 200, at: now + minutes * minute - 1) == .wait)
            now += minutes * minute
            #expect(decide(&trigger, 200, at: now) == .beginRewrite(growthPercent: 100))
        }
        let scheduled = trigger.decideScheduled(now: now)
        #expect(scheduled == .beginScheduled)
        trigger.rewriteFailed()
        let told = trigger.decideScheduled(now: now)
        #expect(told == .tellLimit(minutes: 60))
        let waits = trigger.decideScheduled(now: now + 60 * minute - 1)
        #expect(waits == .wait)
        trigger.rewriteSucceeded()
        #expect(trigger.consecutiveFailures == 0)
        #expect(decide(&trigger, 200) == .beginRewrite(growthPercent: 100))
    }
}
