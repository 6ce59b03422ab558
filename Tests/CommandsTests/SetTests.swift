import Bytes
import Testing

@testable import Commands

@Suite struct SetTests {
    let now: Int64 = 1_000_000_000_000

    private func options(_ line: String) throws(CommandError) -> SetOptions {
        var text = ByteBuffer()
        var list = SliceList()
        let words = ("set k v " + line).split(separator: " ").map(String.init)
        for word in words { text.append(text: word) }
        var start = 0
        for word in words {
            list.append(text.bytes[start..<start + word.utf8.count])
            start += word.utf8.count
        }
        return try SetOptions(list.all)
    }

    @Test(arguments: [
        "nx get", "Xx xX", "get GET", "keepttl KEEPTTL", "ex 1 ex 2", "exat 1 nx get", "px px",
        "get nx pxat 5",
    ])
    func accepts(_ line: String) throws { _ = try options(line) }

    @Test(arguments: [
        "nx xx", "xx nx", "ex", "px 1 ex 1", "ex 1 exat 1", "keepttl ex 1", "ex 1 keepttl", "foo",
        "ex 1 2", "persist",
    ])
    func refuses(_ line: String) {
        #expect(throws: CommandError.self) { try options(line) }
    }

    @Test func setsAndTakesTheDeadlineOff() {
        let fixture = CommandFixture()
        #expect(fixture.run("SET k v EX 10") == ok)
        #expect(fixture.run("SET k w") == ok)
        #expect(fixture.records == ["0 SET k w"])
        #expect(fixture.changes == 1)
        #expect(fixture.run("TTL k") == ":-1\r\n")
        #expect(fixture.run("GET k") == bulk("w"))
    }

    @Test func keepsTheMomentNotTheDelay() {
        let fixture = CommandFixture()
        for (line, deadline) in [
            ("set k v ex 100", now + 100_000), ("set k v PX 100 nx get", now + 100),
            ("set k v exat 3000000000", 3_000_000_000_000),
            ("set k v GET pxat 3000000000001", 3_000_000_000_001),
        ] {
            fixture.run("del k")
            fixture.run(line)
            #expect(fixture.records == ["0 SET k v PXAT \(deadline)"])
            #expect(fixture.run("pexpiretime k") == ":\(deadline)\r\n")
        }
    }

    @Test func setsAMomentThatHasPassed() {
        let fixture = CommandFixture()
        #expect(fixture.run("set k v pxat 1") == ok)
        #expect(fixture.records == ["0 SET k v PXAT 1"])
        #expect(fixture.run("get k") == null)
        #expect(fixture.records == ["0 DEL k"])
    }

    @Test func conditionsDecide() {
        let fixture = CommandFixture()
        #expect(fixture.run("set k v xx") == null)
        #expect(fixture.records == [])
        #expect(fixture.run("set k v nx") == ok)
        #expect(fixture.run("set k w nx") == null)
        #expect(fixture.run("set k w nx get") == bulk("v"))
        #expect(fixture.changes == 0)
        #expect(fixture.run("set k w xx") == ok)
        #expect(fixture.run("set k 12 xx get") == bulk("w"))
        #expect(fixture.records == ["0 set k 12 xx"])
        #expect(fixture.run("get k") == bulk("12"))
    }

    @Test func keepsTheDeadlineOnlyOfALiveKey() {
        let fixture = CommandFixture()
        fixture.run("set k v px 10")
        fixture.run("set k w keepttl")
        #expect(fixture.run("pttl k") == ":10\r\n")
        fixture.now += 11
        fixture.run("set k w keepttl")
        #expect(fixture.records == ["0 DEL k", "0 set k w keepttl"])
        #expect(fixture.run("pttl k") == ":-1\r\n")
    }

    @Test(arguments: [
        ("set k v ex abc", notAnInteger), ("set k v ex px", notAnInteger),
        ("set k v ex 0", "-ERR invalid expire time in 'set' command\r\n"),
        ("set k v exat -1", "-ERR invalid expire time in 'set' command\r\n"),
        ("set k v ex 9223372036854775807", "-ERR invalid expire time in 'set' command\r\n"),
        ("set k v px 9223372036854775807", "-ERR invalid expire time in 'set' command\r\n"),
        ("set k v ex abc foo", syntaxError),
        ("setex k 0 v", "-ERR invalid expire time in 'setex' command\r\n"),
        ("mset a", "-ERR wrong number of arguments for 'mset' command\r\n"),
        ("mset a 1 b", "-ERR wrong number of arguments for 'mset' command\r\n"),
    ])
    func refusesWithRedisWords(_ line: String, _ reply: String) {
        #expect(CommandFixture().run(line) == reply)
    }

    @Test func setsSeveral() {
        let fixture = CommandFixture()
        #expect(fixture.run("mset a 1 b 2 a 3") == ok)
        #expect(fixture.changes == 3)
        #expect(fixture.run("mget a no b") == "*3\r\n" + bulk("3") + null + bulk("2"))
        #expect(fixture.run("msetnx c 1 b 2") == ":0\r\n")
        #expect(fixture.run("exists c") == ":0\r\n")
        #expect(fixture.run("msetnx c 1 c 2") == ":1\r\n")
        #expect(fixture.changes == 2)
        #expect(fixture.run("get c") == bulk("2"))
        #expect(fixture.run("setnx c 3") == ":0\r\n")
        #expect(fixture.run("setnx d 3") == ":1\r\n")
        #expect(fixture.records == ["0 setnx d 3"])
    }
}
