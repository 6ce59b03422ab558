import Bytes
import Platform
import Testing

@testable import Commands
@testable import Keyspace

/// A pinned stream stays as it is while the live one changes in every way.
@Suite struct StreamVersionTests {
    private static func contents(of stream: Stream) -> [String] {
        streamLines(stream, withTimes: true)
    }

    private static func change(_ fixture: CommandFixture, _ random: inout SeededRandom) {
        let id = "\(random.below(400))-\(random.below(3))"
        let group = random.chance(1, in: 3) ? "h" : "g"
        let consumer = "consumer\(random.below(4))"
        switch random.below(14) {
        case 0..<5: fixture.run("xadd s \(fixture.now)-* f \(random.below(1000)) g \(id)")
        case 5: fixture.run("xdel s \(id) \(fixture.now) \(fixture.now)-1")
        case 6: fixture.run("xtrim s maxlen ~ \(100 + random.below(200))")
        case 7, 8: fixture.run("xreadgroup group \(group) \(consumer) count 7 streams s >")
        case 9: fixture.run("xreadgroup group \(group) \(consumer) streams s 0")
        case 10: fixture.run("xack s \(group) \(fixture.now) \(fixture.now)-1 \(id)")
        case 11: fixture.run("xautoclaim s \(group) \(consumer) 0 0 count 5")
        case 12: fixture.run("xgroup delconsumer s \(group) \(consumer)")
        default:
            if random.chance(1, in: 5) { fixture.run("xgroup destroy s \(group)") }
            fixture.run("xgroup create s \(group) 0")
        }
        if random.chance(1, in: 2) { fixture.now += 1 }
    }

    @Test(arguments: 0..<6)
    func aPinnedStreamStaysAsItIs(_ seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let fixture = CommandFixture(now: 1)
        fixture.keyspace.shared.value.encodings.streamNodeEntriesMax = 4
        let key = "s"
        for _ in 0..<400 { Self.change(fixture, &random) }
        fixture.run("xadd s * f v")
        for _ in 0..<20 {
            let entry = try #require(
                key.withSlice { fixture.keyspace[0].entryUntouched(of: Key($0)) })
            let live = Stream(entry.value)
            live.checkInvariants()
            let frozen = Stream(live.root.pin())
            let before = Self.contents(of: frozen)
            #expect(Self.contents(of: live) == before)
            for _ in 0..<60 {
                Self.change(fixture, &random)
                if random.chance(1, in: 10) { live.checkInvariants() }
            }
            let isDeleted = random.chance(1, in: 6)
            if isDeleted { fixture.run("del s") }
            #expect(Self.contents(of: frozen) == before)
            frozen.root.unpin(freeNodes: Stream.freeNodes)
            if isDeleted { fixture.run("xadd s * f v") }
        }
    }

    @Test func aCopyIsEqualAndApart() throws {
        var random = SeededRandom(seed: 3)
        let fixture = CommandFixture(now: 1)
        fixture.keyspace.shared.value.encodings.streamNodeEntriesMax = 4
        for _ in 0..<500 { Self.change(fixture, &random) }
        fixture.run("xadd s * f v")
        fixture.run("copy s t")
        func stream(_ name: String) throws -> Stream {
            let entry = name.withSlice { fixture.keyspace[0].entryUntouched(of: Key($0)) }
            return Stream(try #require(entry).value)
        }
        let copied = Self.contents(of: try stream("t"))
        #expect(copied.count == Self.contents(of: try stream("s")).count)
        try stream("t").checkInvariants()
        for _ in 0..<100 { Self.change(fixture, &random) }
        #expect(Self.contents(of: try stream("t")) == copied)
    }

    @Test func aNodeIsAListpackOfRedis() throws {
        let fixture = CommandFixture()
        fixture.run("xadd s 1-1 f v")
        fixture.run("xadd s 2-1 f w")
        let entry = try #require("s".withSlice { fixture.keyspace[0].entryUntouched(of: Key($0)) })
        var listpack = ByteBuffer()
        Stream(entry.value).forEachNode { $0.appendListpack(to: &listpack) }
        // The node of the vector in `RDBVectorTests`.
        let head = "280000000f00"
        let master = "02010001010181660200" + "01"
        let entries = "0201000100018176020401" + "0201010100018177020401"
        #expect(hexadecimal(listpack.bytes) == head + master + entries + "ff")
    }

    private func hexadecimal(_ bytes: ByteSlice) -> String {
        bytes.array.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
