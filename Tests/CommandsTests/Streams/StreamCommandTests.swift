import Bytes
import Testing

@testable import Commands

@Suite struct StreamCommandTests {
    /// A reply as a line: bulk strings as their text, arrays in brackets.
    static func line(_ reply: String) -> String {
        var words = reply.components(of: "\r\n")
        func next() -> String {
            let head = words.removeFirst()
            switch head.first {
            case "*":
                guard let count = Int(head.dropFirst()), count >= 0 else { return "none" }
                return "[" + (0..<count).map { _ in next() }.joined(separator: " ") + "]"
            case "$":
                if head == "$-1" { return "null" }
                return words.removeFirst()
            default: return head
            }
        }
        return next()
    }

    private func line(_ reply: String) -> String { Self.line(reply) }

    @Test func addsAndReads() {
        let fixture = CommandFixture()
        #expect(fixture.run("xadd s * f v") == bulk("1000000000000-0"))
        #expect(fixture.records == ["0 xadd s 1000000000000-0 f v"])
        #expect(fixture.run("xadd s * f 12 g w") == bulk("1000000000000-1"))
        #expect(fixture.run("xadd s 1000000000000-* f w") == bulk("1000000000000-2"))
        #expect(fixture.records == ["0 xadd s 1000000000000-2 f w"])
        #expect(fixture.run("xadd s 2000000000000 f w") == bulk("2000000000000-0"))
        #expect(fixture.records == ["0 xadd s 2000000000000 f w"])
        #expect(fixture.run("xadd s 5 f w").hasPrefix("-ERR The ID specified in XADD is equal"))
        #expect(fixture.changes == 0)
        #expect(fixture.run("xlen s") == ":4\r\n")
        #expect(
            line(fixture.run("xrange s - + count 2"))
                == "[[1000000000000-0 [f v]] [1000000000000-1 [f 12 g w]]]")
        #expect(
            line(fixture.run("xrevrange s (2000000000000-0 (1000000000000-0"))
                == "[[1000000000000-2 [f w]] [1000000000000-1 [f 12 g w]]]")
        #expect(fixture.run("xrange s - + count 0") == "*-1\r\n")
        #expect(fixture.run("xrange none - +") == "*0\r\n")
        #expect(line(fixture.run("xread count 1 streams s 5")) == "[[s [[1000000000000-0 [f v]]]]]")
        #expect(fixture.run("xread streams s $") == "*-1\r\n")
        #expect(line(fixture.run("xread streams s +")) == "[[s [[2000000000000-0 [f w]]]]]")
        #expect(fixture.run("type s") == "+stream\r\n")
        #expect(fixture.run("object encoding s") == bulk("stream"))
        #expect(fixture.run("get s") == wrongType)
        fixture.run("set t v")
        #expect(fixture.run("xadd t * f v") == wrongType)
        #expect(fixture.run("xadd none nomkstream * f v") == null)
    }

    @Test func theLastEntryIsReadAfterThoseBehindItWereDeleted() {
        let fixture = CommandFixture()
        for id in 1...3 { fixture.run("xadd s \(id) f v") }
        fixture.run("xdel s 3")
        #expect(line(fixture.run("xread streams s +")) == "[[s [[2-0 [f v]]]]]")
    }

    @Test func trimsAndKeepsWhatIsLeft() {
        let fixture = CommandFixture()
        fixture.keyspace.shared.value.encodings.streamNodeEntriesMax = 3
        for id in 1...10 { fixture.run("xadd s \(id) f v") }
        #expect(fixture.run("xtrim s maxlen ~ 5") == ":3\r\n")
        #expect(fixture.records == ["0 XTRIM s MAXLEN = 7"])
        #expect(fixture.run("xtrim s minid ~ 9") == ":3\r\n")
        #expect(fixture.records == ["0 XTRIM s MINID = 7-0"])
        #expect(fixture.run("xtrim s maxlen ~ 3 limit 2") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("xtrim s maxlen 3") == ":1\r\n")
        #expect(fixture.records == ["0 xtrim s maxlen 3"])
        #expect(fixture.run("xadd s maxlen ~ 1 limit 4 11 f v") == bulk("11-0"))
        #expect(fixture.records == ["0 XADD s MAXLEN = 2 11-0 f v"])
        fixture.run("xadd s minid ~ 99 12 f v")
        let last = "18446744073709551615-18446744073709551615"
        #expect(fixture.records == ["0 XADD s MINID = \(last) 12-0 f v"])
        #expect(fixture.run("xlen s") == ":0\r\n")
        #expect(fixture.run("xtrim s maxlen 0") == ":0\r\n")
        #expect(fixture.run("exists s") == ":1\r\n")
        #expect(fixture.run("xadd s 12 f v").hasPrefix("-ERR"))
    }

    @Test func deletesAndRemembers() {
        let fixture = CommandFixture()
        for id in 1...4 { fixture.run("xadd s \(id) f v") }
        #expect(fixture.run("xdel s 1 3 7 x").hasPrefix("-ERR Invalid stream ID specified"))
        #expect(fixture.run("xdel s 1 3 7") == ":2\r\n")
        #expect(fixture.records == ["0 xdel s 1 3 7"])
        #expect(fixture.run("xdel s 1") == ":0\r\n")
        #expect(fixture.changes == 0)
        #expect(
            line(fixture.run("xinfo stream s")).contains(
                "max-deleted-entry-id 3-0 entries-added :4 recorded-first-entry-id 2-0"))
        #expect(fixture.run("xsetid s 2").hasPrefix("-ERR The ID specified in XSETID is smaller"))
        #expect(fixture.run("xsetid s 9 entriesadded 20 maxdeletedid 4") == ok)
        #expect(line(fixture.run("xinfo stream s")).contains("last-generated-id 9-0"))
        #expect(fixture.run("xsetid none 9") == "-ERR no such key\r\n")
    }

    @Test func deliversToGroups() {
        let fixture = CommandFixture()
        for id in 1...3 { fixture.run("xadd s \(id) f v") }
        #expect(fixture.run("xgroup create s g 0") == ok)
        #expect(fixture.run("xgroup create s g 0").hasPrefix("-BUSYGROUP"))
        #expect(
            line(fixture.run("xreadgroup group g c count 2 streams s >"))
                == "[[s [[1-0 [f v]] [2-0 [f v]]]]]")
        #expect(
            fixture.records == [
                "0 XGROUP CREATECONSUMER s g c",
                "0 XCLAIM s g c 0 1-0 2-0 TIME 1000000000000 RETRYCOUNT 1 FORCE JUSTID LASTID 2-0",
                "0 XGROUP SETID s g 2-0 ENTRIESREAD 2",
            ])
        fixture.now += 50
        #expect(
            line(fixture.run("xpending s g - + 10"))
                == "[[1-0 c :50 :1] [2-0 c :50 :1]]")
        #expect(line(fixture.run("xpending s g")) == "[:2 1-0 2-0 [[c 2]]]")
        #expect(line(fixture.run("xreadgroup group g c streams s 1")) == "[[s [[2-0 [f v]]]]]")
        #expect(
            fixture.records == [
                "0 XCLAIM s g c 0 2-0 TIME 1000000000050 RETRYCOUNT 2 FORCE JUSTID LASTID 2-0"
            ])
        #expect(fixture.run("xack s g 1 9") == ":1\r\n")
        #expect(fixture.records == ["0 xack s g 1 9"])
        #expect(fixture.run("xack s g 1") == ":0\r\n")
        #expect(fixture.changes == 0)
        #expect(
            line(fixture.run("xinfo groups s"))
                == "[[name g consumers :1 pending :1 last-delivered-id 2-0 entries-read :2 lag :1]]"
        )
        fixture.run("xreadgroup group g d noack streams s >")
        #expect(
            fixture.records == [
                "0 XGROUP CREATECONSUMER s g d", "0 XGROUP SETID s g 3-0 ENTRIESREAD 3",
            ])
        #expect(fixture.run("xreadgroup group g d streams s >") == "*-1\r\n")
        #expect(fixture.changes == 0)
        #expect(fixture.run("xgroup delconsumer s g c") == ":1\r\n")
        #expect(line(fixture.run("xpending s g")) == "[:0 null null none]")
        #expect(fixture.run("xgroup destroy s g") == ":1\r\n")
        #expect(fixture.run("xgroup destroy s g") == ":0\r\n")
        #expect(fixture.run("xreadgroup group g d streams s >").hasPrefix("-NOGROUP"))
    }

    @Test func claims() {
        let fixture = CommandFixture()
        for id in 1...4 { fixture.run("xadd s \(id) f v") }
        fixture.run("xgroup create s g 0")
        fixture.run("xreadgroup group g c streams s >")
        fixture.run("xdel s 2")
        fixture.now += 100
        #expect(fixture.run("xclaim s g d 200 1") == "*0\r\n")
        #expect(fixture.records == ["0 XGROUP CREATECONSUMER s g d"])
        #expect(line(fixture.run("xclaim s g d 50 1 2")) == "[[1-0 [f v]]]")
        #expect(
            fixture.records == [
                "0 XCLAIM s g d 0 1-0 TIME 1000000000100 RETRYCOUNT 2 FORCE JUSTID LASTID 4-0",
                "0 XACK s g 2-0",
            ])
        #expect(line(fixture.run("xclaim s g d 0 1 time 7 retrycount 9 justid")) == "[1-0]")
        #expect(line(fixture.run("xpending s g - + 9 d")) == "[[1-0 d :1000000000093 :9]]")
        #expect(line(fixture.run("xautoclaim s g e 50 0 count 1")) == "[3-0 [[1-0 [f v]]] []]")
        fixture.run("xdel s 3")
        #expect(line(fixture.run("xautoclaim s g e 0 3 justid")) == "[0-0 [4-0] [3-0]]")
        #expect(fixture.run("xclaim s g e 0 1 bogus").hasPrefix("-ERR Unrecognized XCLAIM option"))
        #expect(fixture.run("xclaim s no e 0 1").hasPrefix("-NOGROUP"))
    }
}

extension String {
    fileprivate func components(of separator: String) -> [String] {
        var parts: [String] = []
        var rest = Substring(self)
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        parts.append(String(rest))
        return parts
    }
}
