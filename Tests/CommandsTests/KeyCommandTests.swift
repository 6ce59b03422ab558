import Bytes
import Testing

@testable import Commands

@Suite struct KeyCommandTests {
    @Test func renamesWithValueAndDeadline() {
        let fixture = CommandFixture()
        fixture.run("set a 1 pxat 3000000000000")
        fixture.run("set b 2")
        #expect(fixture.run("rename a b") == ok)
        #expect(fixture.records == ["0 rename a b"])
        #expect(fixture.run("get b") == bulk("1"))
        #expect(fixture.run("pexpiretime b") == ":3000000000000\r\n")
        #expect(fixture.run("dbsize") == ":1\r\n")
        #expect(fixture.run("rename a b") == "-ERR no such key\r\n")
        #expect(fixture.run("rename b b") == ok)
        #expect(fixture.changes == 0)
        fixture.run("set c 3")
        #expect(fixture.run("renamenx b c") == ":0\r\n")
        #expect(fixture.run("renamenx b b") == ":0\r\n")
        #expect(fixture.run("renamenx b d") == ":1\r\n")
        #expect(fixture.changes == 1)
    }

    @Test func copiesWithinAndBetweenDatabases() {
        let fixture = CommandFixture()
        let long = String(repeating: "x", count: 3000)
        fixture.run("set a \(long) pxat 3000000000000")
        #expect(fixture.run("copy a b") == ":1\r\n")
        fixture.run("append b y")
        #expect(fixture.run("strlen a") == ":3000\r\n", "a copy shares nothing")
        #expect(fixture.run("pexpiretime b") == ":3000000000000\r\n")
        #expect(fixture.run("copy a b") == ":0\r\n")
        #expect(fixture.changes == 0)
        #expect(fixture.run("copy a b replace") == ":1\r\n")
        #expect(fixture.run("strlen b") == ":3000\r\n")
        #expect(fixture.run("copy a a db 3") == ":1\r\n")
        #expect(fixture.records == ["0 copy a a db 3"])
        #expect(
            fixture.run("copy a a") == "-ERR source and destination objects are the same\r\n")
        #expect(fixture.run("copy a b db 16") == "-ERR DB index is out of range\r\n")
        #expect(fixture.run("copy a b db") == syntaxError)
        fixture.select(3)
        #expect(fixture.run("exists a") == ":1\r\n")
    }

    @Test func movesUnlessTheTargetHasTheKey() {
        let fixture = CommandFixture()
        fixture.run("set a 1")
        #expect(fixture.run("move a 2") == ":1\r\n")
        #expect(fixture.run("exists a") == ":0\r\n")
        fixture.run("set a 2")
        #expect(fixture.run("move a 2") == ":0\r\n")
        #expect(fixture.run("get a") == bulk("2"))
        #expect(
            fixture.run("move a 0") == "-ERR source and destination objects are the same\r\n")
        #expect(fixture.run("move a -1") == "-ERR DB index is out of range\r\n")
        #expect(fixture.run("move a x") == notAnInteger)
        #expect(
            fixture.run("move a 99999999999")
                == "-ERR value is out of range, value must between -2147483648 and 2147483647\r\n")
    }

    @Test func aSwapShowsTheOtherKeysUnderTheSameNumber() {
        let fixture = CommandFixture()
        fixture.run("set a zero")
        fixture.select(5)
        fixture.run("set a five")
        #expect(fixture.run("swapdb 0 5") == ok)
        #expect(fixture.records == ["5 swapdb 0 5"])
        #expect(fixture.run("get a") == bulk("zero"))
        fixture.select(0)
        #expect(fixture.run("get a") == bulk("five"))
        #expect(fixture.run("swapdb x y") == "-ERR invalid first DB index\r\n")
        #expect(fixture.run("swapdb 0 y") == "-ERR invalid second DB index\r\n")
        #expect(fixture.run("swapdb 0 16") == "-ERR DB index is out of range\r\n")
    }

    @Test func drawsLiveKeys() {
        let fixture = CommandFixture()
        #expect(fixture.run("randomkey") == null)
        fixture.run("set a 1")
        fixture.run("set b 1 px 1")
        fixture.now += 2
        for _ in 0..<20 { #expect(fixture.run("randomkey") == bulk("a")) }
    }

    @Test func looksAtHowAValueIsStored() {
        let fixture = CommandFixture()
        fixture.run("set a 5")
        fixture.now += 7000
        #expect(fixture.run("object idletime a") == ":7\r\n")
        #expect(fixture.run("exists a") == ":1\r\n")
        #expect(fixture.run("object idletime a") == ":7\r\n", "asking is no use of the key")
        fixture.run("touch a")
        #expect(fixture.run("object idletime a") == ":0\r\n")
        #expect(fixture.run("object refcount a") == ":2147483647\r\n")
        fixture.run("set a 10000")
        #expect(fixture.run("object refcount a") == ":1\r\n")
        #expect(fixture.run("OBJECT ENCODING no") == null)
        #expect(fixture.run("object freq a").hasPrefix("-ERR An LFU maxmemory policy is not sel"))
        #expect(fixture.run("object help").hasPrefix("*12\r\n+OBJECT <subcommand> [<arg> [value]"))
    }

    @Test(arguments: [
        ("object", "-ERR wrong number of arguments for 'object' command\r\n"),
        ("object encoding", "-ERR wrong number of arguments for 'object|encoding' command\r\n"),
        ("object help x", "-ERR wrong number of arguments for 'object|help' command\r\n"),
        ("object foo x", "-ERR unknown subcommand 'foo'. Try OBJECT HELP.\r\n"),
    ])
    func containersNameTheirSubcommands(_ line: String, _ reply: String) {
        #expect(CommandFixture().run(line) == reply)
    }
}
