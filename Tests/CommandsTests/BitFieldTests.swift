import Bytes
import Testing

@testable import Commands

@Suite struct BitFieldTests {
    @Test func readsAndWritesFields() {
        let fixture = CommandFixture()
        let line = "bitfield k set i8 0 -100 incrby u2 100 1 get i5 3"
        #expect(fixture.run(line) == "*3\r\n:0\r\n:1\r\n:-4\r\n")
        #expect(fixture.records == ["0 \(line)"])
        #expect(fixture.run("strlen k") == ":13\r\n")
        #expect(fixture.run("object encoding k") == bulk("raw"))
        #expect(fixture.run("bitfield_ro k get i8 0 get u8 #0") == "*2\r\n:-100\r\n:156\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("bitfield k set i8 0 -100") == "*1\r\n:-100\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("bitfield k") == "*0\r\n")
        #expect(fixture.run("bitfield no get u8 5") == "*1\r\n:0\r\n")
        #expect(fixture.run("exists no") == ":0\r\n")
    }

    @Test(arguments: [
        ("i8", 100, 100, "wrap", -56), ("i8", 100, 100, "sat", 127), ("u8", 200, 100, "wrap", 44),
        ("u8", 200, 100, "sat", 255), ("u8", 3, -4, "wrap", 255), ("u8", 3, -4, "sat", 0),
        ("i8", -100, -100, "sat", -128), ("i8", -100, -100, "wrap", 56),
        ("i64", Int.max, 1, "wrap", Int.min), ("i64", Int.max, 1, "sat", Int.max),
        ("i64", Int.min, -1, "sat", Int.min), ("u63", Int.max, 1, "wrap", 0),
        ("i1", 0, 1, "wrap", -1), ("u1", 1, 1, "wrap", 0),
    ])
    func increments(_ type: String, _ old: Int, _ step: Int, _ overflow: String, _ new: Int) {
        let fixture = CommandFixture()
        fixture.run("bitfield k set \(type) 5 \(old)")
        #expect(
            fixture.run("bitfield k overflow \(overflow) incrby \(type) 5 \(step)")
                == "*1\r\n:\(new)\r\n")
        #expect(fixture.run("bitfield k get \(type) 5") == "*1\r\n:\(new)\r\n")
    }

    @Test func refusesWhatDoesNotFit() {
        let fixture = CommandFixture()
        fixture.run("bitfield k set u8 0 200")
        #expect(fixture.run("bitfield k overflow fail incrby u8 0 100") == "*1\r\n$-1\r\n")
        #expect(fixture.changes == 0)
        #expect(fixture.run("bitfield k overflow fail set u8 0 256") == "*1\r\n$-1\r\n")
        // The string is made, so there has to be a record.
        #expect(fixture.run("bitfield n overflow fail set u8 0 256") == "*1\r\n$-1\r\n")
        #expect(fixture.records == ["0 bitfield n overflow fail set u8 0 256"])
        #expect(fixture.run("strlen n") == ":1\r\n")
    }

    @Test func readsBehindTheEnd() {
        let fixture = CommandFixture()
        fixture.run("set k ab")
        #expect(fixture.run("bitfield_ro k get u16 8 get u8 800") == "*2\r\n:25088\r\n:0\r\n")
        #expect(fixture.run("bitfield k get u16 8") == "*1\r\n:25088\r\n")
        #expect(fixture.run("strlen k") == ":2\r\n")
    }

    @Test func changesNothingBeforeAllIsRead() {
        let fixture = CommandFixture()
        let type = "-ERR Invalid bitfield type. Use something like i16 u8."
        for (words, error) in [
            ("get", syntaxError), ("set u8 0", syntaxError), ("overflow", syntaxError),
            ("overflow up", "-ERR Invalid OVERFLOW type specified\r\n"),
            ("set u8 0 x", notAnInteger), ("set u64 0 1", type), ("get i65 0", type),
            ("get u0 0", type), ("get 8 0", type), ("get u8 #a", "-ERR bit offset"),
            ("get u8 -1", "-ERR bit offset"),
        ] {
            let reply = fixture.run("bitfield k set u8 0 1 \(words)")
            #expect(reply.hasPrefix(error), "\(words)")
            #expect(fixture.run("exists k") == ":0\r\n")
        }
        let readOnly = "-ERR BITFIELD_RO only supports the GET subcommand\r\n"
        #expect(fixture.run("bitfield_ro k set u8 0 1") == readOnly)
    }

    @Test(arguments: [1, 3, 8, 13, 31, 33, 57, 63])
    func keepsFieldsApart(_ width: Int) {
        let fixture = CommandFixture()
        let all = Int.max >> (63 - width)
        for offset in 0..<9 {
            fixture.run("del k")
            fixture.run("bitfield k set u\(width) \(offset) \(all)")
            #expect(fixture.run("bitcount k") == ":\(width)\r\n")
            #expect(fixture.run("bitpos k 1") == ":\(offset)\r\n")
            fixture.run("bitfield k incrby u\(width) \(offset) 1")
            #expect(fixture.run("bitcount k") == ":0\r\n")
        }
    }
}
