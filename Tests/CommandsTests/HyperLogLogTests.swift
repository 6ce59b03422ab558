import Bytes
import Testing

@testable import Commands

@Suite struct HyperLogLogTests {
    private let notHyperLogLog = "-WRONGTYPE Key is not a valid HyperLogLog string value.\r\n"

    @Test func addsAndCounts() {
        let fixture = CommandFixture()
        #expect(fixture.run("pfadd h a b c") == ":1\r\n")
        #expect(fixture.records == ["0 pfadd h a b c"])
        #expect(fixture.run("object encoding h") == bulk("raw"))
        #expect(fixture.run("pfadd h a") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("pfcount h") == ":3\r\n")
        // The estimate is stored, which a replay has to repeat.
        #expect(fixture.records == ["0 pfcount h"])
        #expect(fixture.run("pfcount h") == ":3\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("pfcount no") == ":0\r\n")
        #expect(
            fixture.run("pfdebug decode h")
                == bulk("Z:8436 v:1,1 Z:4274 v:2,1 Z:3068 v:1,1 Z:603"))
        #expect(fixture.run("strlen h") == ":27\r\n")
    }

    @Test func makesOneWithoutElements() {
        let fixture = CommandFixture()
        #expect(fixture.run("pfadd h") == ":1\r\n")
        #expect(fixture.run("strlen h") == ":18\r\n")
        #expect(fixture.run("pfadd h") == ":0\r\n")
        #expect(fixture.run("pfcount h") == ":0\r\n")
    }

    @Test func becomesDense() {
        let fixture = CommandFixture()
        fixture.keyspace.shared.value.encodings.hyperLogLogSparseMax = 60
        var count = 0
        while fixture.run("pfdebug encoding h") != "+dense\r\n", count < 100 {
            count += 1
            fixture.run("pfadd h \(count)")
        }
        #expect(fixture.run("strlen h") == ":12304\r\n")
        #expect(fixture.run("pfcount h") == ":\(count)\r\n")
        #expect(fixture.run("pfadd h 1") == ":0\r\n")
        #expect(fixture.run("pfdebug todense h") == ":0\r\n")
        #expect(fixture.changes == 0)
        #expect(fixture.run("pfdebug decode h") == "-ERR HLL encoding is not sparse\r\n")
    }

    @Test func estimatesMany() {
        let fixture = CommandFixture()
        for start in stride(from: 0, to: 20_000, by: 1000) {
            let words = (start..<start + 1000).map { "\($0)" }.joined(separator: " ")
            fixture.run("pfadd h \(words)")
        }
        #expect(fixture.run("pfcount h") == ":19891\r\n")
        fixture.run("pfadd i x")
        #expect(fixture.run("pfcount h i no") == ":19891\r\n")
    }

    @Test func merges() {
        let fixture = CommandFixture()
        fixture.run("pfadd a 1 2 3")
        fixture.run("pfadd b 3 4")
        #expect(fixture.run("pfmerge c a b no") == ok)
        #expect(fixture.records == ["0 pfmerge c a b no"])
        #expect(fixture.run("pfcount c") == ":4\r\n")
        #expect(fixture.run("pfdebug encoding c") == "+sparse\r\n")
        #expect(fixture.run("pfdebug todense b") == ":1\r\n")
        #expect(fixture.records == ["0 pfdebug todense b"])
        #expect(fixture.run("pfmerge c b") == ok)
        #expect(fixture.run("pfdebug encoding c") == "+dense\r\n")
        #expect(fixture.run("pfcount c") == ":4\r\n")
        #expect(fixture.run("pfmerge d") == ok)
        #expect(fixture.run("strlen d") == ":18\r\n")
    }

    @Test func refusesOtherStrings() {
        let fixture = CommandFixture()
        fixture.run("mset i 12 s HYLL t HYLL2aaaaaaaaaaaaaa")
        for key in ["i", "s", "t"] {
            #expect(fixture.run("pfadd \(key) x") == notHyperLogLog)
            #expect(fixture.run("pfcount \(key)") == notHyperLogLog)
            #expect(fixture.run("pfcount no \(key)") == notHyperLogLog)
            #expect(fixture.run("pfmerge x \(key)") == notHyperLogLog)
            #expect(fixture.run("pfdebug encoding \(key)") == notHyperLogLog)
        }
        #expect(
            fixture.run("pfdebug encoding no") == "-ERR The specified key does not exist\r\n")
        fixture.run("pfadd h x")
        #expect(
            fixture.run("pfdebug more h") == "-ERR Unknown PFDEBUG subcommand 'more'\r\n")
    }

    @Test func refusesBrokenRuns() {
        let fixture = CommandFixture()
        let corrupted = "-INVALIDOBJ Corrupted HLL object detected\r\n"
        fixture.run("pfadd h a b c")
        // One register less than there are.
        fixture.run("setrange h 26 Y")
        #expect(fixture.run("pfcount h") == corrupted)
        #expect(fixture.run("pfmerge x h") == corrupted)
        #expect(fixture.run("pfdebug todense h") == corrupted)
        #expect(fixture.records == [])
    }

    @Test func testsItself() {
        #expect(CommandFixture().run("pfselftest") == ok)
    }
}
