import Bytes
import Testing

@testable import Commands

@Suite struct DeadlineTests {
    let now: Int64 = 1_000_000_000_000

    @Test(arguments: [
        ("expire k 10", 1_000_000_010_000), ("pexpire k 10", 1_000_000_000_010),
        ("expireat k 3000000000", 3_000_000_000_000),
        ("pexpireat k 3000000000001", 3_000_000_000_001),
    ])
    func everyFormKeepsTheMoment(_ line: String, _ deadline: Int64) {
        let fixture = CommandFixture()
        fixture.run("set k v")
        #expect(fixture.run(line) == ":1\r\n")
        #expect(fixture.records == ["0 PEXPIREAT k \(deadline)"])
        #expect(fixture.run("pexpiretime k") == ":\(deadline)\r\n")
        #expect(fixture.run("expiretime k") == ":\((deadline + 500) / 1000)\r\n")
        #expect(fixture.run("pttl k") == ":\(deadline - now)\r\n")
        #expect(fixture.run("ttl k") == ":\((deadline - now + 500) / 1000)\r\n")
        #expect(fixture.run("persist k") == ":1\r\n")
        #expect(fixture.records == ["0 persist k"])
        #expect(fixture.run("persist k") == ":0\r\n")
        #expect(fixture.changes == 0)
    }

    @Test func aMomentInThePastEndsTheKey() {
        let fixture = CommandFixture()
        fixture.run("set k v")
        #expect(fixture.run("expire k -1") == ":1\r\n")
        #expect(fixture.records == ["0 DEL k"])
        #expect(fixture.run("exists k") == ":0\r\n")
        fixture.run("set k v")
        fixture.settings.expiresLazily = true
        #expect(fixture.run("pexpireat k \(now)") == ":1\r\n")
        #expect(fixture.records == ["0 UNLINK k"])
    }

    @Test func aReplayOnlySetsTheMoment() {
        let fixture = CommandFixture()
        fixture.isReplaying = true
        fixture.run("set k v")
        fixture.run("pexpireat k 5")
        fixture.isReplaying = false
        #expect(fixture.run("dbsize") == ":1\r\n")
        #expect(fixture.run("get k") == null)
    }

    @Test func conditionsCompareWithTheOldDeadline() {
        let fixture = CommandFixture()
        fixture.run("set k v")
        #expect(fixture.run("expire k 100 xx") == ":0\r\n")
        #expect(fixture.run("expire k 100 gt") == ":0\r\n")
        #expect(fixture.run("expire k 100 lt") == ":1\r\n")
        #expect(fixture.run("expire k 100 nx") == ":0\r\n")
        #expect(fixture.run("expire k 100 gt") == ":0\r\n")
        #expect(fixture.run("expire k 101 xx gt") == ":1\r\n")
        #expect(fixture.records == ["0 PEXPIREAT k 1000000101000 xx gt"])
        #expect(fixture.run("expire k 101 lt") == ":0\r\n")
        #expect(fixture.run("expire k 99 lt") == ":1\r\n")
        #expect(fixture.run("ttl k") == ":99\r\n")
        #expect(fixture.run("expire no 99") == ":0\r\n")
        #expect(fixture.changes == 0)
    }

    @Test(arguments: [
        ("expire k 10 foo", "-ERR Unsupported option foo\r\n"),
        ("expire k 10 f\ro\n\r", "-ERR Unsupported option f o\r\n"),
        ("expire k 10 foo\0bar", "-ERR Unsupported option foo\r\n"),
        ("expire k abc foo", "-ERR Unsupported option foo\r\n"),
        (
            "expire k 1 nx gt",
            "-ERR NX and XX, GT or LT options at the same time are not compatible\r\n"
        ),
        ("expire k 1 lt gt", "-ERR GT and LT options at the same time are not compatible\r\n"),
        ("expire k abc", notAnInteger),
        ("expire k 9223372036854775807", "-ERR invalid expire time in 'expire' command\r\n"),
        ("pexpire k 9223372036854775807", "-ERR invalid expire time in 'pexpire' command\r\n"),
        ("expireat k -9223372036854775808", "-ERR invalid expire time in 'expireat' command\r\n"),
    ])
    func refusesWithRedisWords(_ line: String, _ reply: String) {
        #expect(CommandFixture().run(line) == reply)
    }

    @Test func extremesAreTaken() {
        let fixture = CommandFixture()
        fixture.run("set k v")
        #expect(fixture.run("pexpireat k 9223372036854775807") == ":1\r\n")
        #expect(fixture.run("expiretime k") == ":9223372036854776\r\n")
        #expect(fixture.run("expireat k 9223372036854775") == ":1\r\n")
        #expect(fixture.run("pexpire k -9223372036854775808") == ":1\r\n")
        #expect(fixture.run("pttl k") == ":-2\r\n")
    }
}
