import Bytes
import Testing

@testable import Commands

@Suite struct ConditionalWriteTests {
    private let digestOfHello = "9555e8555c62dcfd"

    @Test func setsIfTheValueIsEqual() {
        let fixture = CommandFixture()
        #expect(fixture.run("set k new ifeq old") == null)
        #expect(fixture.run("exists k") == ":0\r\n")
        fixture.run("set k old px 5000")
        #expect(fixture.run("set k new ifeq other") == null)
        #expect(fixture.records == [])
        #expect(fixture.run("set k new IFEQ old keepttl") == ok)
        #expect(fixture.records == ["0 SET k new KEEPTTL"])
        #expect(fixture.run("pttl k") == ":5000\r\n")
        #expect(fixture.run("set k newer ifeq new get") == bulk("new"))
        #expect(fixture.records == ["0 SET k newer"])
        #expect(fixture.run("set k x ifeq new get") == bulk("newer"))
        #expect(fixture.records == [])
        #expect(fixture.run("set k x ifeq newer ex 10") == ok)
        #expect(fixture.records == ["0 SET k x PXAT 1000000010000"])
    }

    @Test func setsIfTheValueDiffers() {
        let fixture = CommandFixture()
        #expect(fixture.run("set k 5 ifne 5") == ok)
        #expect(fixture.records == ["0 SET k 5"])
        #expect(fixture.run("set k 6 ifne 5") == null)
        // It is text that is compared, not numbers.
        #expect(fixture.run("set k 6 ifne 05") == ok)
        #expect(fixture.run("set k 7 ifeq 06") == null)
    }

    @Test func setsByDigest() {
        let fixture = CommandFixture()
        #expect(fixture.run("set k hello ifdeq \(digestOfHello)") == null)
        #expect(fixture.run("set k hello ifdne \(digestOfHello)") == ok)
        #expect(fixture.run("digest k") == bulk(digestOfHello))
        #expect(fixture.run("set k world ifdne \(digestOfHello)") == null)
        #expect(fixture.run("set k world ifdeq \(digestOfHello.uppercased())") == ok)
        #expect(fixture.records == ["0 SET k world"])
        #expect(
            fixture.run("set k x ifdeq 123").hasPrefix("-ERR The digest must be exactly 16"))
        #expect(fixture.run("digest no") == null)
        fixture.run("set i 123")
        #expect(fixture.run("digest i") == bulk("404a763b3f4c8c9a"))
    }

    @Test(arguments: [
        "ifeq", "ifeq a b", "nx ifeq a", "ifeq a xx", "ifeq a ifne b", "ifeq a ifeq a", "ifdne",
    ])
    func refusesOptions(_ words: String) {
        let fixture = CommandFixture()
        #expect(fixture.run("set k v \(words)") == syntaxError)
    }

    @Test func deletesIfTheValueIsEqual() {
        let fixture = CommandFixture()
        fixture.run("set k 12")
        #expect(fixture.run("delifeq k 012") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("delifeq k 12") == ":1\r\n")
        #expect(fixture.records == ["0 DEL k"])
        #expect(fixture.run("delifeq k 12") == ":0\r\n")
    }

    @Test func deletesUnderConditions() {
        let fixture = CommandFixture()
        let other = String(repeating: "0", count: 16)
        for (condition, holds) in [
            ("", true), (" ifeq hello", true), (" ifeq x", false), (" IFNE x", true),
            (" ifne hello", false), (" ifdeq \(digestOfHello)", true), (" ifdeq \(other)", false),
            (" ifdne \(other)", true), (" ifdne \(digestOfHello)", false),
        ] {
            #expect(fixture.run("delex no\(condition)") == ":0\r\n")
            fixture.run("set k hello")
            #expect(fixture.run("delex k\(condition)") == (holds ? ":1\r\n" : ":0\r\n"))
            #expect(fixture.records == (holds ? ["0 DEL k"] : []))
        }
        fixture.run("set k hello")
        #expect(fixture.run("delex k ifeq").hasPrefix("-ERR wrong number of arguments"))
        #expect(fixture.run("delex no ifeq a b").hasPrefix("-ERR wrong number of arguments"))
        #expect(fixture.run("delex k if a").hasPrefix("-ERR Invalid condition"))
        #expect(fixture.run("delex k ifdeq 1").hasPrefix("-ERR The digest must be exactly 16"))
        #expect(fixture.run("delex no if a") == ":0\r\n")
    }

    @Test func setsManyWithOneDeadline() {
        let fixture = CommandFixture()
        #expect(fixture.run("msetex 2 a 1 b x ex 10") == ":1\r\n")
        #expect(
            fixture.records == ["0 SET a 1 PXAT 1000000010000", "0 SET b x PXAT 1000000010000"])
        #expect(fixture.run("msetex 2 a 2 c 3 nx") == ":0\r\n")
        #expect(fixture.run("msetex 2 a 2 c 3 xx") == ":0\r\n")
        #expect(fixture.records == [])
        #expect(fixture.run("msetex 2 a 2 b 3 xx keepttl") == ":1\r\n")
        #expect(fixture.records == ["0 SET a 2 KEEPTTL", "0 SET b 3 KEEPTTL"])
        #expect(fixture.run("pttl a") == ":10000\r\n")
        #expect(fixture.run("msetex 1 a 5") == ":1\r\n")
        #expect(fixture.records == ["0 SET a 5"])
        #expect(fixture.run("pttl a") == ":-1\r\n")
    }

    @Test func refusesRequestsForMany() {
        let fixture = CommandFixture()
        let count = "-ERR invalid numkeys value or out of range\r\n"
        for number in ["0", "-1", "x", "01", "2147483648", "4611686018427387905"] {
            #expect(fixture.run("msetex \(number) a 1") == count)
        }
        for words in ["2 a 1", "1 a 1 b 2", "1 a 1 get", "1 a 1 nx xx", "1 a 1 ifeq x", "1 a 1 ex"]
        {
            #expect(fixture.run("msetex \(words)") == syntaxError)
        }
        #expect(
            fixture.run("msetex 1 a 1 ex 0")
                == "-ERR invalid expire time in 'msetex' command\r\n")
        #expect(fixture.run("msetex 1 a 1 ex x") == notAnInteger)
        #expect(fixture.run("exists a") == ":0\r\n")
    }
}
