import Bytes
import Testing

@testable import Commands

@Suite struct KeyspaceWideTests {
    @Test func deletesAndCounts() {
        let fixture = CommandFixture()
        fixture.run("mset a 1 b 2 c 3")
        #expect(fixture.run("exists a a no") == ":2\r\n")
        #expect(fixture.run("touch a no") == ":1\r\n")
        #expect(fixture.run("type a") == "+string\r\n")
        #expect(fixture.run("type no") == "+none\r\n")
        #expect(fixture.run("del a no a b") == ":2\r\n")
        #expect(fixture.changes == 2)
        #expect(fixture.records == ["0 del a no a b"])
        #expect(fixture.run("unlink no") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("dbsize") == ":1\r\n")
    }

    @Test func listsLiveKeysThatMatch() {
        let fixture = CommandFixture()
        fixture.run("mset aa 1 ab 2 b 3")
        fixture.run("set ac 1 px 5")
        fixture.run([ByteString("set"), ByteString(""), ByteString("x")])
        fixture.now += 6
        #expect(fixture.run("keys b") == "*1\r\n" + bulk("b"))
        #expect(fixture.run("keys a*").hasPrefix("*2\r\n"))
        #expect(fixture.records == [], "listing removes nothing")
        #expect(fixture.run("keys *").hasPrefix("*4\r\n"), "the empty key is listed by a star")
        #expect(fixture.run("keys **").hasPrefix("*3\r\n"))
    }

    @Test func aPassOfScansListsEveryKeyAndEndsPastOnes() {
        let fixture = CommandFixture()
        for index in 0..<500 { fixture.run("set key:\(index) v") }
        fixture.run("set gone v px 1")
        fixture.now += 2
        var seen: Set<String> = []
        var cursor = "0"
        var ends = 0
        repeat {
            let lines = fixture.run("scan \(cursor) count 7").split(separator: "\r\n")
            cursor = String(lines[2])
            for line in lines.dropFirst(4) where line.hasPrefix("key:") {
                seen.insert(String(line))
            }
            ends += fixture.records == ["0 DEL gone"] ? 1 : 0
        } while cursor != "0"
        #expect(seen.count == 500)
        #expect(ends == 1)
        #expect(fixture.run("scan 0 count 9999 match key:1?").contains("*10\r\n"))
        #expect(fixture.run("scan 0 count 9999 type LIST").hasSuffix("*0\r\n"))
        #expect(fixture.run("scan 0 count 9999 type STRING").contains("*500\r\n"))
    }

    @Test(arguments: [
        ("scan abc", "-ERR invalid cursor\r\n"), ("scan abc foo", "-ERR invalid cursor\r\n"),
        ("scan 18446744073709551616", "-ERR invalid cursor\r\n"),
        ("scan +", "-ERR invalid cursor\r\n"), ("scan 0 count", syntaxError),
        ("scan 0 count 0", syntaxError), ("scan 0 foo 1", syntaxError),
        ("scan 0 count x", notAnInteger), ("scan 0 match", syntaxError),
        ("flushdb foo", syntaxError), ("flushall sync async", syntaxError),
    ])
    func refusesWithRedisWords(_ line: String, _ reply: String) {
        #expect(CommandFixture().run(line) == reply)
    }

    @Test(arguments: ["''", "-1", "+5", "18446744073709551615", "007"])
    func readsCursorsLikeC(_ cursor: String) {
        #expect(CommandFixture().run("scan \(cursor)") == "*2\r\n" + bulk("0") + "*0\r\n")
    }

    @Test func flushesOneOrAll() {
        let fixture = CommandFixture()
        fixture.run("mset a 1 b 2")
        fixture.select(3)
        fixture.run("set c 3")
        #expect(fixture.run("flushdb ASYNC") == ok)
        #expect(fixture.changes == 1)
        #expect(fixture.records == ["3 flushdb ASYNC"])
        #expect(fixture.run("flushall") == ok)
        #expect(fixture.changes == 2)
        #expect(fixture.keyspace.isEmpty)
        #expect(fixture.run("flushall sync") == ok)
        #expect(fixture.changes == 0)
        #expect(fixture.records == ["3 flushall sync"], "Redis records it all the same")
    }

    @Test func countsWithIntegers() {
        let fixture = CommandFixture()
        #expect(fixture.run("incr n") == ":1\r\n")
        fixture.run("pexpire n 50")
        #expect(fixture.run("incrby n 9223372036854775806") == ":9223372036854775807\r\n")
        #expect(fixture.records == ["0 incrby n 9223372036854775806"])
        #expect(fixture.run("pttl n") == ":50\r\n")
        #expect(fixture.run("incr n") == "-ERR increment or decrement would overflow\r\n")
        #expect(fixture.run("decrby n 7") == ":9223372036854775800\r\n")
        #expect(
            fixture.run("decrby n -9223372036854775808") == "-ERR decrement would overflow\r\n")
        #expect(fixture.run("incrby n x") == notAnInteger)
        fixture.run("set t x")
        #expect(fixture.run("decr t") == notAnInteger)
    }
}
