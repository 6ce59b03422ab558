import Bytes
import Testing

@testable import Commands

@Suite struct StringCommandTests {
    @Test func takesAndReplacesValues() {
        let fixture = CommandFixture()
        #expect(fixture.run("getset k v") == null)
        #expect(fixture.records == ["0 SET k v"])
        fixture.run("expire k 10")
        #expect(fixture.run("getset k w") == bulk("v"))
        #expect(fixture.run("ttl k") == ":-1\r\n")
        #expect(fixture.run("getdel k") == bulk("w"))
        #expect(fixture.records == ["0 DEL k"])
        #expect(fixture.run("getdel k") == null)
        #expect(fixture.changes == 0)
    }

    @Test func getexKeepsWhatBecameOfTheDeadline() {
        let fixture = CommandFixture()
        fixture.run("set k v")
        #expect(fixture.run("getex k") == bulk("v"))
        #expect(fixture.records == [])
        #expect(fixture.run("getex k ex 10") == bulk("v"))
        #expect(fixture.records == ["0 PEXPIREAT k 1000000010000"])
        #expect(fixture.run("getex k persist PERSIST") == bulk("v"))
        #expect(fixture.records == ["0 PERSIST k"])
        #expect(fixture.run("getex k persist") == bulk("v"))
        #expect(fixture.changes == 0)
        #expect(fixture.run("getex k pxat 5") == bulk("v"))
        #expect(fixture.records == ["0 DEL k"])
        #expect(fixture.run("getex k ex abc") == null)
        fixture.run("set k v")
        #expect(fixture.run("getex k persist ex 1") == syntaxError)
        #expect(fixture.run("getex k ex 1 px 1") == syntaxError)
        #expect(fixture.run("getex k keepttl") == syntaxError)
        #expect(fixture.run("getex k exat 0").contains("invalid expire time in 'getex' command"))
    }

    @Test func appendsAndOverwrites() {
        let fixture = CommandFixture()
        #expect(fixture.run("append k 10") == ":2\r\n")
        #expect(fixture.run("object encoding k") == bulk("int"))
        #expect(fixture.run("append k 1") == ":3\r\n")
        #expect(fixture.run("object encoding k") == bulk("raw"))
        #expect(fixture.run("incr k") == ":102\r\n")
        #expect(fixture.run("setrange k 5 x") == ":6\r\n")
        #expect(fixture.run("get k") == bulk("102\0\0x"))
        #expect(fixture.records == [])
        #expect(fixture.run("strlen k") == ":6\r\n")
        #expect(fixture.run("setrange no 3 ''") == ":0\r\n")
        #expect(fixture.changes == 0)
        #expect(fixture.run("setrange k -1 x") == "-ERR offset is out of range\r\n")
    }

    @Test func refusesStringsThatAreTooLong() {
        let tooLong = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n"
        let fixture = CommandFixture()
        fixture.settings.stringCountMax = 10
        fixture.run("set k 12345")
        #expect(fixture.run("append k 67890") == ":10\r\n")
        #expect(fixture.run("append k 1") == tooLong)
        #expect(fixture.run("setrange k 9 x") == ":10\r\n")
        #expect(fixture.run("setrange k 10 x") == tooLong)
        #expect(fixture.run("setrange k 9223372036854775807 x") == tooLong)
        #expect(fixture.run("setrange k 9223372036854775807 ''") == ":10\r\n")
    }

    @Test(arguments: [
        ("0 -1", "ohmytext"), ("-3 -1", "ext"), ("3 1", ""), ("-100 2", "ohm"), ("-1 -100", ""),
        ("-100 -100", "o"), ("8 9", ""), ("7 100", "t"),
        ("-9223372036854775808 9223372036854775807", "ohmytext"),
    ])
    func cutsRanges(_ range: String, _ part: String) {
        let fixture = CommandFixture()
        fixture.run("set k ohmytext")
        #expect(fixture.run("getrange k \(range)") == bulk(part))
        #expect(fixture.run("substr k \(range)") == bulk(part))
    }

    @Test func cutsIntegersToo() {
        let fixture = CommandFixture()
        fixture.run("set k -12345")
        #expect(fixture.run("getrange k 0 2") == bulk("-12"))
        #expect(fixture.run("getrange no 0 2") == bulk(""))
    }

    @Test func addsDecimals() {
        let fixture = CommandFixture()
        #expect(fixture.run("incrbyfloat k 3.0e3") == bulk("3000"))
        #expect(fixture.records == ["0 SET k 3000 KEEPTTL"])
        #expect(fixture.run("object encoding k") == bulk("embstr"))
        fixture.run("pexpire k 10")
        #expect(fixture.run("incrbyfloat k -2999.5") == bulk("0.5"))
        #expect(fixture.run("pttl k") == ":10\r\n")
        #expect(fixture.run("incrbyfloat k x") == "-ERR value is not a valid float\r\n")
        #expect(
            fixture.run("incrbyfloat k inf")
                == "-ERR increment would produce NaN or Infinity\r\n")
        fixture.run("set t x")
        #expect(fixture.run("incrbyfloat t 1") == "-ERR value is not a valid float\r\n")
    }

    @Test func findsCommonSubsequences() {
        let fixture = CommandFixture()
        fixture.run("mset x ohmytext y mynewtext")
        #expect(fixture.run("lcs x y") == bulk("mytext"))
        #expect(fixture.run("lcs x y len minmatchlen 5") == ":6\r\n")
        #expect(fixture.run("lcs x no") == bulk(""))
        let last = "*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n"
        let first = "*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n"
        let end = bulk("len") + ":6\r\n"
        #expect(
            fixture.run("lcs x y idx")
                == "*4\r\n" + bulk("matches") + "*2\r\n*2\r\n" + last + "*2\r\n" + first + end)
        #expect(
            fixture.run("lcs x y idx minmatchlen 3 withmatchlen")
                == "*4\r\n" + bulk("matches") + "*1\r\n*3\r\n" + last + ":4\r\n" + end)
        #expect(fixture.run("lcs x y idx len").hasPrefix("-ERR If you want both the length"))
        #expect(fixture.run("lcs x y minmatchlen") == syntaxError)
        fixture.settings.stringCountMax = 9 * 10 * 4
        #expect(fixture.run("lcs x y len") == ":6\r\n")
        fixture.settings.stringCountMax -= 1
        #expect(fixture.run("lcs x y len").hasPrefix("-ERR Insufficient memory"))
    }
}
