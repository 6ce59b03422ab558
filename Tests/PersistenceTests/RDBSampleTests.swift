import Bytes
import Foundation
import Persistence
import Testing

/// Files that other servers wrote, with every type and encoding that they have.
@Suite struct RDBSampleTests {
    static func sample(_ name: String) throws -> [UInt8] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = tests.deletingLastPathComponent().appendingPathComponent("Data/rdb/\(name).rdb")
        return Array(try Data(contentsOf: file))
    }

    @Test(arguments: [
        ("redis-7.0-types", 10), ("redis-7.0-lru", 10), ("redis-7.0-lfu", 10),
        ("valkey-9.1-types", 80),
    ])
    func everyValueIsWalked(name: String, version: Int) throws {
        let bytes = try Self.sample(name)
        for depth in [ValueWalker.Depth.boundaries, .contents] {
            let summary = try bytes.withSlice { try RDBFile.examine($0, depth: depth) }
            #expect(summary.version == version)
            #expect(summary.size == bytes.count)
            #expect(summary.checksum == .correct)
            #expect(summary.keys == 28)
            #expect(summary.expires == 2)
            #expect(summary.databaseMax == 3)
            #expect(summary.functionLibraries == 1)
        }
    }

    @Test func recordsCarryTheirAge() throws {
        for (name, hasIdle) in [("redis-7.0-lru", true), ("redis-7.0-lfu", false)] {
            let bytes = try Self.sample(name)
            try bytes.withSlice { bytes in
                var reader = RDBReader(bytes)
                var walker = ValueWalker(depth: .boundaries)
                reading: while true {
                    switch try reader.next() {
                    case .record(let record):
                        #expect((record.idleSeconds != nil) == hasIdle)
                        #expect((record.frequency != nil) == !hasIdle)
                        try reader.skipValue(of: record, with: &walker)
                    case .end: break reading
                    default: continue
                    }
                }
            }
        }
    }
}
