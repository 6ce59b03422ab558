import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

/// The weak points of Redis's recovery (numbers of the list in the facts) and what the judge makes
/// of them.
@Suite struct RecoveryJudgeTests {
    private let settings = AppendLogModel.settings()
    private let increment = "/data/appendonlydir/appendonly.aof.1.incr.aof"
    private let manifest = "/data/appendonlydir/appendonly.aof.manifest"

    /// A set as Redis writes it: no batch lines.
    private func disk(_ increments: [[UInt8]], base: [UInt8] = []) -> SimulatedFileSystem {
        let disk = SimulatedFileSystem()
        var text = "file appendonly.aof.1.base.aof seq 1 type b\n"
        disk.place("/data/appendonlydir/appendonly.aof.1.base.aof", base)
        for (index, bytes) in increments.enumerated() {
            let name = "appendonly.aof.\(index + 1).incr.aof"
            text += "file \(name) seq \(index + 1) type i\n"
            disk.place("/data/appendonlydir/\(name)", bytes)
        }
        disk.place(manifest, Array(text.utf8))
        return disk
    }

    private func records(_ range: Range<Int>) -> [UInt8] {
        range.flatMap {
            AppendLogModel.select(AppendLogModel.database(of: $0)) + AppendLogModel.record($0)
        }
    }

    /// A set of our own, and the bytes of its increment.
    private func own(
        _ count: Int, isClosed: Bool = false
    ) throws -> (disk: SimulatedFileSystem, bytes: [UInt8]) {
        let run = try AppendLogRun(
            seed: 1, settings: AppendLogModel.settings { $0.fsync = .always })
        try run.open()
        for _ in 0..<count {
            run.append()
            try run.endTurn(everyActiveClientWaits: true)
        }
        if isClosed { #expect(run.log.shutDown() == nil) }
        let disk = run.world.fileSystem.afterPowerLoss()
        return (disk, try #require(disk.peek(increment)))
    }

    private func cutFiles(_ disk: SimulatedFileSystem) -> [[UInt8]] {
        disk.paths.filter { $0.contains(".cut-") }.compactMap { disk.peek($0) }
    }

    /// Expects a refusal that leaves every byte as it was, however often it is tried.
    private func expectRefusal(
        _ disk: SimulatedFileSystem, _ settings: RecoverySettings, _ word: String,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let before = disk.paths.map { ($0, disk.peek($0) ?? []) }
        for _ in 0..<2 {
            let found = try Recovery.start(disk, settings)
            let text = found.refusal?.logLines.joined(separator: "\n") ?? "no refusal"
            #expect(text.contains(word), sourceLocation: location)
            #expect(found.refusal?.remedies.isEmpty == false, sourceLocation: location)
        }
        let after = disk.paths.map { ($0, disk.peek($0) ?? []) }
        #expect(before.map(\.0) == after.map(\.0), sourceLocation: location)
        #expect(before.map(\.1) == after.map(\.1), sourceLocation: location)
    }

    /// Expects so many numbers, twice, and that the cut bytes are kept.
    private func expectNumbers(
        _ count: Int, _ disk: SimulatedFileSystem, cutting cut: [UInt8]? = nil,
        _ settings: RecoverySettings? = nil, _ location: SourceLocation = #_sourceLocation
    ) throws {
        for _ in 0..<2 {
            let found = try Recovery.start(disk, settings ?? self.settings)
            #expect(found.refusal == nil, sourceLocation: location)
            #expect(found.complaint == nil, sourceLocation: location)
            #expect(found.numbers.count == count, sourceLocation: location)
        }
        #expect(cutFiles(disk) == (cut.map { [$0] } ?? []), sourceLocation: location)
    }

    // An RDB file without keys; its checksum is computed.
    private var dump: [UInt8] {
        var bytes = Array("REDIS0011".utf8) + [0xff]
        let sum = bytes.withSlice { CRC64.of($0) }
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
        return bytes
    }

    @Test func point1ATornCommandBehindAnRDBHeadLeavesTheHead() throws {
        let disk = SimulatedFileSystem()
        let torn = Array(AppendLogModel.record(2).prefix(20))
        disk.place("/data/appendonly.aof", dump + records(0..<2) + torn)
        try expectNumbers(2, disk, cutting: torn)
        let adopted = disk.peek("/data/appendonlydir/appendonly.aof")
        #expect(adopted == dump + records(0..<2))
        #expect(disk.peek("/data/appendonly.aof") == nil)
    }

    @Test func point2ATornFileThatIsNotTheLastIsRefusedUntouched() throws {
        let torn = Array(records(0..<5).dropLast(5))
        try expectRefusal(disk([torn, records(5..<6)]), settings, "1.incr.aof")
        // Later files without records do not make it one in the middle.
        let found = try Recovery.start(disk([torn, []]), settings)
        #expect(found.refusal == nil)
        #expect(found.numbers.count == 4)
    }

    @Test func point3ATornTransactionIsCutBeforeItsBeginning() throws {
        let multi = Array("*1\r\n$5\r\nMULTI\r\n".utf8)
        let group = multi + records(2..<4) + Array("*1\r\n$4\r\nEX".utf8)
        try expectNumbers(2, disk([records(0..<2) + group]), cutting: group)
        try expectNumbers(
            2, disk([records(0..<2) + multi + records(2..<4)]), cutting: multi + records(2..<4))
    }

    @Test func point4AMissingManifestIsRebuiltOrRefused() throws {
        let (written, _) = try own(5)
        try written.remove(manifest)
        let found = try Recovery.start(written, settings)
        #expect(found.numbers.count == 5)
        #expect(found.notices.contains { $0.text.contains("rebuilt") })
        #expect(written.peek(manifest) != nil)

        written.place("/data/appendonlydir/appendonly.aof.2.base.aof", [])
        try written.remove(manifest)
        try expectRefusal(written, settings, "do not tell")

        let (gap, bytes) = try own(2)
        gap.place("/data/appendonlydir/appendonly.aof.3.incr.aof", bytes)
        try gap.remove(manifest)
        try expectRefusal(gap, settings, "do not tell")
    }

    @Test func point4ADamagedManifestOrAMissingFileIsRefused() throws {
        let (written, _) = try own(3)
        let text = try #require(written.peek(manifest))
        for damaged in [[], Array(text.dropLast(7)), [UInt8](repeating: 0, count: text.count)] {
            written.place(manifest, damaged)
            try expectRefusal(written, settings, "FATAL AOF MANIFEST FILE ERROR")
        }
        written.place(manifest, text)
        try written.remove(increment)
        try expectRefusal(written, settings, "Unable to obtain the AOF file")
    }

    @Test func point5ADumpWithoutALogIsConverted() throws {
        let disk = SimulatedFileSystem()
        disk.place("/data/dump.rdb", dump)
        #expect(try Recovery.start(disk, settings).isConverted)
        disk.place("/data/appendonlydir/other", [1])
        #expect(try Recovery.start(disk, settings).isConverted)
        let empty = SimulatedFileSystem()
        empty.place("/data/other", [])
        #expect(try Judge.examine(empty, settings).verdict == .startEmpty)
    }

    @Test func aDumpThatIsPutBesideAnEmptyLogIsNotHidden() throws {
        let run = try AppendLogRun(seed: 1, settings: settings)
        try run.open()
        let disk = run.world.fileSystem.afterPowerLoss()
        #expect(try Recovery.start(disk, settings).refusal == nil)
        run.world.clock.advance(microseconds: 1_000_000)
        // One key, "a", without a deadline.
        let body = Array("REDIS0011".utf8) + [0xfe, 0, 0, 1, 0x61, 1, 0x62, 0xff]
        let file = try disk.open("/data/dump.rdb", .replace)
        try (body + [UInt8](repeating: 0, count: 8)).withSlice { bytes throws(IOError) in
            try file.writeAll(bytes)
        }
        let judgement = try Judge.examine(disk, settings)
        #expect(judgement.verdict == .convertDump(path: "/data/dump.rdb"))
        #expect(judgement.recovered.isReplaced, "the files without data go when the dump is in")
        let (written, _) = try own(1)
        written.place("/data/dump.rdb", body + [UInt8](repeating: 0, count: 8))
        try expectNumbers(1, written)
    }

    @Test func point6AChangedBitIsFoundAndRefused() throws {
        let (disk, bytes) = try own(8)
        let last = 69 * 2 + AppendLogModel.record(7).count + 23
        for offset in stride(from: 0, to: bytes.count - last, by: 7) {
            let bit = UInt8(1) << UInt8(offset % 8)
            disk.damage(increment, at: offset, flipping: bit)
            let found = try Recovery.start(disk, settings, isApplying: false)
            #expect(found.refusal != nil, "bit changed at \(offset)")
            disk.damage(increment, at: offset, flipping: bit)
        }
        #expect(try Recovery.start(disk, settings).numbers.count == 8)
    }

    @Test func point6AChangedBitInTheLastBatchIsRefusedAfterACleanEnd() throws {
        let (disk, bytes) = try own(3, isClosed: true)
        for offset in stride(from: 0, to: bytes.count - 69, by: 3) {
            disk.damage(increment, at: offset, flipping: 4)
            let found = try Recovery.start(disk, settings, isApplying: false)
            #expect(found.refusal != nil, "bit changed at \(offset)")
            disk.damage(increment, at: offset, flipping: 4)
        }
        try expectNumbers(3, disk)
    }

    @Test func point7TheReaderIsStrict() throws {
        let lenient = String(decoding: records(0..<3), as: UTF8.self)
            .replacingFirst("ADD\r\n$1", with: "ADD\r\n$01")
        try expectRefusal(disk([Array(lenient.utf8)]), settings, "plain decimal number")
        let wrong = String(decoding: records(0..<3), as: UTF8.self)
            .replacingFirst("ADD\r\n", with: "ADDxy")
        try expectRefusal(disk([Array(wrong.utf8)]), settings, "Expected \\r\\n, got: 7879")
    }

    @Test func point8WhateverFollowsTheLastCommandIsCut() throws {
        var random = SeededRandom(seed: 8)
        let garbage = (0..<300).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for tail in [[UInt8](repeating: 0, count: 12), [UInt8](repeating: 0, count: 5000), garbage]
        {
            try expectNumbers(3, disk([records(0..<3) + tail]), cutting: tail)
            let (written, bytes) = try own(3)
            written.place(increment, bytes + tail)
            try expectNumbers(3, written, cutting: tail)
            let strict = AppendLogModel.settings { $0.loadsTruncated = false }
            try expectRefusal(disk([records(0..<3) + tail]), strict, "aof-load-truncated")
        }
    }

    @Test func point8DamageBeforeWholeCommandsIsNotATail() throws {
        let hole = [UInt8](repeating: 0, count: 600)
        try expectRefusal(
            disk([records(0..<3) + hole + records(3..<6)]), settings, "had been complete")
        var lengthened = records(0..<6)
        // A length that grew swallows everything behind it, and looks like a torn command.
        let place = try #require(lengthened.firstIndex(of: UInt8(ascii: "A")))
        lengthened[place - 3] = UInt8(ascii: "9")
        lengthened.insert(contentsOf: Array("99999".utf8), at: place - 2)
        try expectRefusal(disk([lengthened]), settings, "had been complete")
    }

    @Test func point17ATornAnnotationIsCut() throws {
        let torn = Array("#TS:17000".utf8)
        try expectNumbers(2, disk([records(0..<2) + torn]), cutting: torn)
    }

    @Test func everyCutOfOurOwnLogStartsWithABeginning() throws {
        let (disk, bytes) = try own(6)
        var counts: [Int] = []
        for size in 69...bytes.count {
            disk.place(increment, Array(bytes.prefix(size)))
            let found = try Recovery.start(disk, settings, isApplying: false)
            #expect(found.refusal == nil, "cut at \(size)")
            #expect(found.complaint == nil, "cut at \(size)")
            counts.append(found.numbers.count)
        }
        #expect(counts == counts.sorted())
        #expect(counts.last == 6)
    }

    @Test func whatRedisAppendedBehindOurBatchesIsKept() throws {
        let (disk, bytes) = try own(3)
        disk.place(increment, bytes + records(3..<5))
        let found = try Recovery.start(disk, settings)
        let run = try AppendLogRun(seed: 2, disk: disk, settings: settings, recovery: found)
        try run.open()
        for _ in 0..<3 { run.append() }
        #expect(run.log.flush() == nil)
        try expectNumbers(8, disk.afterPowerLoss())
    }

    /// Increments of Redis have no head; ours begins where they end, and between two of ours they
    /// count as well.
    @Test func incrementsOfRedisBetweenOursAreNoHole() throws {
        let disk = disk([records(0..<2), records(2..<4)])
        for round in 1...2 {
            let found = try Recovery.start(disk, settings)
            #expect(found.refusal == nil)
            let run = try AppendLogRun(seed: 2, disk: disk, settings: settings, recovery: found)
            run.mayRewrite = false
            try run.open()
            run.append()
            run.log.requestRewrite()
            for _ in 0..<4 {
                try run.endTurn(everyActiveClientWaits: true)
                run.world.threads.runUntilIdle(choosing: &run.random)
            }
            run.append()
            #expect(run.log.flush() == nil)
            try expectNumbers(run.offsets.count, disk)
            guard round == 1 else { return }
            // Redis goes on with an increment of its own, as at the beginning of a rewrite.
            let text = String(decoding: disk.peek(manifest) ?? [], as: UTF8.self)
            let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            let more = "file appendonly.aof.4.incr.aof seq 4 type i\n"
            disk.place(manifest, Array((lines.joined(separator: "\n") + "\n" + more).utf8))
            let count = run.offsets.count
            disk.place(
                "/data/appendonlydir/appendonly.aof.4.incr.aof", records(count..<(count + 2)))
        }
    }

    @Test func anUnfinishedAdoptionGoesOn() throws {
        let disk = SimulatedFileSystem()
        disk.place("/data/appendonly.aof", records(0..<3))
        disk.place(manifest, Array("file appendonly.aof seq 1 type b\n".utf8))
        try expectNumbers(3, disk)
        #expect(disk.peek("/data/appendonlydir/appendonly.aof") == records(0..<3))
        // A leftover beside a complete set is ignored, as Redis does.
        disk.place("/data/appendonly.aof", records(0..<1))
        try expectNumbers(3, disk)
    }

    @Test func aStaleManifestIsNotServed() throws {
        let disk = disk([records(0..<3)])
        disk.place("/data/appendonlydir/appendonly.aof.2.incr.aof", records(3..<4))
        try expectRefusal(disk, settings, "newer than the manifest")
    }

    @Test func aLogThatIsNewerThanTheDumpIsNotHidden() throws {
        let off = AppendLogModel.settings { $0.isEnabled = false }
        let disk = SimulatedFileSystem()
        disk.place("/data/dump.rdb", dump)
        #expect(try Judge.examine(disk, off).verdict == .loadDump(path: "/data/dump.rdb"))
        let file = try disk.open("/data/appendonly.aof", .append)
        try records(0..<1).withSlice { bytes throws(IOError) in try file.writeAll(bytes) }
        try expectRefusal(disk, off, "appendonly yes")
        let alone = SimulatedFileSystem()
        alone.place("/data/appendonly.aof", records(0..<1))
        try expectRefusal(alone, off, "no dump")
    }
}

extension String {
    fileprivate func replacingFirst(_ text: String, with other: String) -> String {
        var bytes = Array(utf8)
        let wanted = Array(text.utf8)
        for start in 0..<max(0, bytes.count - wanted.count)
        where Array(bytes[start..<start + wanted.count]) == wanted {
            bytes.replaceSubrange(start..<start + wanted.count, with: Array(other.utf8))
            return String(decoding: bytes, as: UTF8.self)
        }
        return self
    }
}
