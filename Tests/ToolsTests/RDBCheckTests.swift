import Bytes
import Foundation
import Platform
import Testing
import Tools

@Suite struct RDBCheckTests {
    private func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    /// A file of version 10 and what the oracle's tool prints for it.
    @Test func printsWhatTheOraclePrints() {
        let file = bytes(
            """
            524544495330303130fa0972656469732d76657206372e302e3135fa0a72656469732d62697473c0
            40fa056374696d65c2cd6a006bfa08757365642d6d656dc2081a1200fa08616f662d62617365c000
            fe00fb0201fc00d8c32cbb0300000001620178000161c001ffc93de5894024ebae
            """)
        let run = RDBToolRun(file)
        let lines = run.lines
        #expect(run.isSound)
        #expect(
            lines == [
                "[offset 0] Checking RDB file /d/dump.rdb",
                "[offset 27] AUX FIELD redis-ver = '7.0.15'",
                "[offset 41] AUX FIELD redis-bits = '64'",
                "[offset 53] AUX FIELD ctime = '1795189453'",
                "[offset 68] AUX FIELD used-mem = '1186312'",
                "[offset 80] AUX FIELD aof-base = '0'",
                "[offset 82] Selecting DB ID 0",
                "[offset 113] Checksum OK",
                "[offset 113] \\o/ RDB looks OK! \\o/",
                "[info] 2 keys read",
                "[info] 1 expires",
                "[info] 0 already expired",
            ])
        #expect(RDBToolRun(file, now: 4_102_444_800_001).lines.last == "[info] 1 already expired")
    }

    @Test func saysWhereAFileIsDamaged() {
        let run = RDBToolRun(
            Array("REDIS0010".utf8) + bytes("fe00 02 0161 02 0162 0162 ff 0000000000000000"))
        let lines = run.lines
        #expect(!run.isSound)
        #expect(
            lines == [
                "[offset 0] Checking RDB file /d/dump.rdb",
                "[offset 11] Selecting DB ID 0",
                "--- RDB ERROR DETECTED ---",
                "[offset 19] Duplicate set members detected",
                "[additional info] While doing: read-object-value",
                "[additional info] Reading key 'a'",
                "[additional info] Reading type 2 (set-hashtable)",
                "[info] 1 keys read",
                "[info] 0 expires",
                "[info] 0 already expired",
            ])
    }

    @Test func saysThatNoChecksumWasComputed() {
        let run = RDBToolRun(Array("REDIS0010".utf8) + bytes("ff 0000000000000000"))
        let lines = run.lines
        #expect(run.isSound)
        #expect(
            lines.contains(
                "[offset 18] RDB file was saved with checksum disabled: no check performed."))
    }

    @Test func anEmptyFileIsNotSound() {
        let run = RDBToolRun([])
        let lines = run.lines
        #expect(!run.isSound)
        #expect(lines.contains("[offset 0] Unexpected EOF reading RDB file"))
        #expect(lines.contains("[additional info] While doing: start"))
    }

    @Test func theStatusTellsWhetherTheFileIsSound() throws {
        let directory = NSTemporaryDirectory() + "ledgerstone-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        func run(_ contents: [UInt8]?, _ arguments: [String]? = nil) throws -> Int32 {
            let path = directory + "/dump.rdb"
            try? FileManager.default.removeItem(atPath: path)
            if let contents { try Data(contents).write(to: URL(fileURLWithPath: path)) }
            return RDBCheckCommand.run(arguments ?? [path], in: .kernel())
        }
        let sound = Array("REDIS0010".utf8) + bytes("ff 0000000000000000")
        #expect(try run(sound) == 0)
        #expect(try run(Array(sound.dropLast())) == 1)
        #expect(try run([]) == 1)
        #expect(try run(nil) == 1)
        #expect(try run(nil, []) == 1)
        #expect(try run(nil, ["a", "b"]) == 1)
        #expect(try run(nil, ["--nothing"]) == 1)
        #expect(try run(nil, ["--version"]) == 0)
    }
}
