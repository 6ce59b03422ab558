import Bytes
import Foundation
import Keyspace
import Persistence
import Testing
import Tools

@Suite struct OldRDBFileTests {
    @Test(arguments: 1...9)
    func everyVersionIsReadAsTheOracleReadsIt(version: Int) throws {
        let file = OldRDBFile.complete(version: version)
        let bytes = file.finished()
        let path = NSTemporaryDirectory() + "ledgerstone-\(UUID().uuidString).rdb"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let run = RDBToolRun(bytes, path: path)
        let lines = run.lines
        #expect(run.isSound, "\(lines)")
        #expect(lines.contains("[info] \(file.keys) keys read"))

        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let oracle = try RDBMutationTests.oracle(path)
        #expect(oracle.isSound)
        #expect(oracle.output == lines.map { $0 + "\n" }.joined())
    }

    @Test(arguments: 1...12)
    func stringsOfEveryVersionAreLoaded(version: Int) throws {
        var file = OldRDBFile(version: version)
        file.append(type: 0, "text", file.string("value"))
        file.append(type: 0, "number", [0xc1, 0x39, 0x30])
        let deadline = file.littleEndian(2_000_000_000, 4)
        file.append(type: 0, "short-lived", file.string("v"), before: [0xfd] + deadline)
        let keyspace = Keyspace(databaseCount: 1)
        let loaded = try file.finished().withSlice { bytes in
            var loader = RDBLoader(bytes, into: keyspace, options: RDBLoader.Options())
            while try loader.proceed(size: 1 << 20) {}
            #expect(loader.checksum == (version < 5 ? .absent : .correct))
            return loader.counts.keysLoaded
        }
        #expect(loaded == 3)
        "number".withSlice { name in
            guard let entry = keyspace[0].entryUntouched(of: Key(name)) else {
                Issue.record("the key is missing")
                return
            }
            guard case .integer(12345) = entry.string else {
                Issue.record("the value is another")
                return
            }
        }
        "short-lived".withSlice { name in
            let entry = keyspace[0].entryUntouched(of: Key(name))
            #expect(entry?.deadline == 2_000_000_000_000)
        }
    }

    @Test(arguments: 1...9)
    func everyShorterOldFileIsRefused(version: Int) {
        let bytes = OldRDBFile.complete(version: version).finished()
        for count in 0..<bytes.count {
            Array(bytes[..<count]).withSlice { part in
                for depth in [ValueWalker.Depth.boundaries, .contents] {
                    #expect(throws: RDBError.self) {
                        _ = try RDBFile.examine(part, depth: depth)
                    }
                }
            }
        }
    }
}
