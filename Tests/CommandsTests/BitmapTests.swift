import Bytes
import Keyspace
import Testing

@testable import Commands

@Suite struct BitmapTests {
    @Test func setsAndReadsBits() {
        let fixture = CommandFixture()
        #expect(fixture.run("setbit k 7 1") == ":0\r\n")
        #expect(fixture.records == ["0 setbit k 7 1"])
        #expect(fixture.run("get k") == bulk("\u{1}"))
        #expect(fixture.run("object encoding k") == bulk("raw"))
        #expect(fixture.run("setbit k 7 1") == ":1\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("setbit k 7 0") == ":1\r\n")
        #expect(fixture.run("setbit k 20 0") == ":0\r\n")
        #expect(fixture.records == ["0 setbit k 20 0"])
        #expect(fixture.run("strlen k") == ":3\r\n")
        #expect(fixture.run("getbit k 1000") == ":0\r\n")
        #expect(fixture.run("getbit no 0") == ":0\r\n")
    }

    @Test func setsABitOfAnInteger() {
        let fixture = CommandFixture()
        fixture.run("set k 12345")
        #expect(fixture.run("getbit k 2") == ":1\r\n")
        #expect(fixture.run("setbit k 0 0") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("object encoding k") == bulk("raw"))
        #expect(fixture.run("setbit k 7 0") == ":1\r\n")
        #expect(fixture.run("get k") == bulk("02345"))
    }

    @Test func keepsTheDeadlineOfAChangedString() {
        let fixture = CommandFixture()
        fixture.run("set k abc px 5000")
        fixture.run("setbit k 100 1")
        fixture.run("bitfield k set u8 #20 7")
        #expect(fixture.run("pttl k") == ":5000\r\n")
        fixture.run("bitop not k k")
        #expect(fixture.run("pttl k") == ":-1\r\n")
    }

    @Test func growsAStringPastWhatFitsItsEntry() {
        let fixture = CommandFixture()
        fixture.run("set k a")
        for offset in [1000, 9000, 100_000, 1_000_000] {
            #expect(fixture.run("setbit k \(offset) 1") == ":0\r\n")
            #expect(fixture.run("strlen k") == ":\(offset / 8 + 1)\r\n")
        }
        #expect(fixture.run("bitcount k") == ":7\r\n")
        #expect(fixture.run("bitcount k 1000 2000") == ":1\r\n")
    }

    @Test func leavesASnapshotTheStringAsItWas() {
        let fixture = CommandFixture()
        fixture.run("setbit k 100000 1")
        let pinned = ByteString("k").withSlice {
            fixture.keyspace[0].entryUntouched(of: Key($0))?.pinValue(stringSizeMin: 1000)
        }
        fixture.run("setbit k 3 1")
        fixture.run("bitfield k set u8 200000 255")
        fixture.run("bitop not k k")
        #expect(pinned?.bytes.count == 12501)
        #expect(pinned?.bytes.bitCount == 1)
        #expect(pinned?.bytes.firstBit(true) == 100_000)
        pinned?.unpin()
        #expect(fixture.run("strlen k") == ":25001\r\n")
        #expect(fixture.run("getbit k 3") == ":0\r\n")
    }

    @Test(arguments: ["-1", "4294967296", "x", "#1", "9223372036854775808", "01"])
    func refusesOffsets(_ offset: String) {
        let fixture = CommandFixture()
        let error = "-ERR bit offset is not an integer or out of range\r\n"
        #expect(fixture.run("setbit k \(offset) 1") == error)
        #expect(fixture.run("getbit k \(offset)") == error)
        fixture.settings.stringCountMax = 100
        #expect(fixture.run("getbit k 800") == error)
        #expect(fixture.run("getbit k 799") == ":0\r\n")
    }

    @Test func acceptsInARecordWhatALowerLimitRefuses() {
        let fixture = CommandFixture()
        fixture.settings.stringCountMax = 100
        fixture.isReplaying = true
        #expect(fixture.run("setbit k 800 1") == ":0\r\n")
    }

    @Test func refusesOtherBitsAndTypes() {
        let fixture = CommandFixture()
        let error = "-ERR bit is not an integer or out of range\r\n"
        #expect(fixture.run("setbit k 0 2") == error)
        #expect(fixture.run("setbit k 0 x") == error)
    }

    @Test(arguments: [
        ("", 26), ("0 0", 4), ("1 1", 6), ("0 -1", 26), ("-2 -1", 7), ("5 30 bit", 17),
        ("5 30 BYTE", 4), ("-1 -2", 0), ("9 10", 0), ("0 100 bit", 26), ("-8 -1 bit", 4),
        ("3 3 bit", 0), ("1 1 bit", 1),
        ("0", 26), ("-2", 7),
    ])
    func counts(_ range: String, _ count: Int) {
        let fixture = CommandFixture()
        fixture.run("set k foobar")
        #expect(fixture.run("bitcount k \(range)") == ":\(count)\r\n")
        #expect(fixture.run("bitcount no \(range)") == ":0\r\n")
    }

    @Test func refusesRanges() {
        let fixture = CommandFixture()
        fixture.run("set k foobar")
        #expect(fixture.run("bitcount k 0 1 foo") == syntaxError)
        #expect(fixture.run("bitcount k 0 1 bit bit") == syntaxError)
        #expect(fixture.run("bitcount k x 1 foo") == notAnInteger)
        #expect(fixture.run("bitcount no 0 x") == notAnInteger)
        #expect(fixture.run("bitpos k 1 0 x foo") == syntaxError)
        #expect(fixture.run("bitpos k 1 x 0 foo") == notAnInteger)
        #expect(fixture.run("bitpos k 2") == "-ERR The bit argument must be 1 or 0.\r\n")
    }

    @Test(arguments: [
        ("1", 1), ("0", 0), ("1 1", 9), ("0 1 1", 8), ("1 7", -1), ("0 7", -1),
        ("0 5 5 bit", -1), ("1 3 4 bit", -1), ("1 3 5 bit", 5), ("0 6 9 bit", 7),
        ("1 -1 -1", 41),
    ])
    func findsBits(_ words: String, _ place: Int) {
        let fixture = CommandFixture()
        // f is 01100110.
        fixture.run("set k foobar")
        #expect(fixture.run("bitpos k \(words)") == ":\(place)\r\n")
    }

    @Test func findsClearBitsBehindTheEnd() {
        let fixture = CommandFixture()
        fixture.run("setbit k 0 1")
        fixture.run("bitfield k set u8 0 255 set u8 8 255")
        #expect(fixture.run("bitpos k 0") == ":16\r\n")
        #expect(fixture.run("bitpos k 0 1") == ":16\r\n")
        #expect(fixture.run("bitpos k 0 0 -1") == ":-1\r\n")
        #expect(fixture.run("bitpos no 0") == ":0\r\n")
        #expect(fixture.run("bitpos no 1") == ":-1\r\n")
    }

    @Test func combinesStrings() {
        let fixture = CommandFixture()
        fixture.run("mset a abcde b 5 c ''")
        #expect(fixture.run("bitop and d a b") == ":5\r\n")
        #expect(fixture.records == ["0 bitop and d a b"])
        #expect(fixture.run("get d") == bulk("!\0\0\0\0"))
        #expect(fixture.run("object encoding d") == bulk("raw"))
        #expect(fixture.run("bitop or d a b no") == ":5\r\n")
        #expect(fixture.run("get d") == bulk("ubcde"))
        #expect(fixture.run("bitop xor a a a") == ":5\r\n")
        #expect(fixture.run("bitcount a") == ":0\r\n")
        #expect(fixture.run("bitop or d c no") == ":0\r\n")
        #expect(fixture.records == ["0 bitop or d c no"])
        #expect(fixture.run("exists d") == ":0\r\n")
        #expect(fixture.run("bitop or d c no") == ":0\r\n")
        #expect(fixture.changes == 0)
        #expect(fixture.run("bitop nand d a") == syntaxError)
        #expect(
            fixture.run("bitop not d a b")
                == "-ERR BITOP NOT must be called with a single source key.\r\n")
    }

    @Test func combinesLongStringsBlockByBlock() {
        let fixture = CommandFixture()
        fixture.run("setbit a 800000 1")
        fixture.run("setbit b 300000 1")
        fixture.run("setbit b 5 1")
        #expect(fixture.run("bitop or d a b") == ":100001\r\n")
        #expect(fixture.run("bitcount d") == ":3\r\n")
        #expect(fixture.run("bitop and d d b") == ":100001\r\n")
        #expect(fixture.run("bitcount d") == ":2\r\n")
        #expect(fixture.run("bitop not d d") == ":100001\r\n")
        #expect(fixture.run("bitcount d") == ":800006\r\n")
        #expect(fixture.run("bitpos d 0 6 -1 bit") == ":300000\r\n")
    }
}
