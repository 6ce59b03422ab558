import Bytes
import Foundation
import Keyspace
import Persistence
import Platform
import PlatformSimulation
import Testing
import Tools

/// Damaged files: nothing crashes or hangs, and the verdict is that of `redis-check-rdb`.
@Suite struct RDBMutationTests {
    private static func sample(_ name: String) throws -> [UInt8] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = tests.deletingLastPathComponent().appendingPathComponent("Data/rdb/\(name).rdb")
        var bytes = Array(try Data(contentsOf: file))
        // The damage is to be met where it is, not at the checksum.
        bytes.replaceSubrange((bytes.count - 8)..., with: repeatElement(0, count: 8))
        return bytes
    }

    /// Reads damaged files in every way that there is, so many of them.
    private static func fuzz(seed: UInt64, budget: Int) throws {
        let samples = try ["redis-7.0-small", "redis-7.0-lru", "valkey-9.1-types"].map(sample)
        var random = SeededRandom(seed: seed)
        for _ in 0..<budget {
            var bytes = samples[random.index(below: samples.count)]
            ByteMutation.mutate(&bytes, &random)
            bytes.withSlice { bytes in
                for depth in [ValueWalker.Depth.boundaries, .contents] {
                    do throws(RDBError) {
                        let summary = try RDBFile.examine(bytes, depth: depth)
                        #expect(summary.size <= bytes.count)
                    } catch {
                        #expect(error.offset <= bytes.count)
                    }
                }
                var loader = RDBLoader(
                    bytes, into: Keyspace(databaseCount: 16), options: RDBLoader.Options())
                while (try? loader.proceed(size: 4096)) == true {}
                if DumpPayload.isIntact(bytes, verifyingChecksum: false) {
                    _ = try? DumpPayload.check(bytes, depth: .contents)
                }
            }
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func nothingCrashes(seed: UInt64) throws {
        try Self.fuzz(seed: seed, budget: 100)
    }

    @Test func theVerdictIsTheOraclesVerdict() throws {
        let environment = ProcessInfo.processInfo.environment
        let budget = environment["LEDGERSTONE_FUZZ_BUDGET"].flatMap { Int($0) } ?? 100
        let seed = environment["LEDGERSTONE_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
        let sample = try Self.sample("redis-7.0-small")
        let path = NSTemporaryDirectory() + "ledgerstone-\(UUID().uuidString).rdb"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = SeededRandom(seed: seed)
        var accepted = 0
        for round in 0..<budget {
            var bytes = sample
            ByteMutation.mutate(&bytes, &random)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let oracle = try Self.oracle(path)
            let run = RDBToolRun(bytes, path: path)
            let lines = run.lines
            if run.isSound { accepted += 1 }
            let isStricter = Self.stricter.contains { text in lines.contains { $0.contains(text) } }
            let isLater = Self.later.contains { oracle.output.contains($0) }
            if isStricter || isLater { continue }
            #expect(
                run.isSound == oracle.isSound, "seed \(seed), round \(round): \(lines.suffix(9))")
        }
        #expect(accepted > 0)
        #expect(accepted < budget)
    }

    /// What the oracle lets pass: integers in the place of lengths, scores that are no numbers,
    /// nodes of streams whose counts are wrong.
    private static let stricter = [
        "Unknown length encoding 3", "Zset listpack integrity", "Stream listpack integrity",
    ]

    /// What came after the oracle's version.
    private static let later = [
        "Invalid object type: 20", "Invalid object type: 21", "Invalid object type: 22",
        "Invalid object type: 23", "Invalid object type: 24", "Invalid object type: 25",
        "Can't handle RDB format version 11", "Can't handle RDB format version 12",
    ]

    static func oracle(_ path: String) throws -> (isSound: Bool, output: String) {
        let process = Foundation.Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-check-rdb")
        process.arguments = [path]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus == 0, String(decoding: output, as: UTF8.self))
    }
}
