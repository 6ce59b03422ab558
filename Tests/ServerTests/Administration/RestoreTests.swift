import Commands
import Persistence
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct RestoreTests {
    private func options(_ words: String) throws -> RestoreOptions {
        try withWords("RESTORE k 0 p \(words)") { try RestoreOptions($0) }
    }

    @Test func wordsAreUnderstoodInAnyOrder() throws {
        let all = try options("idletime 5 ABSTTL replace")
        #expect(all.replaces)
        #expect(all.isAbsolute)
        #expect(all.use == .idle(seconds: 5))
        #expect(try options("FREQ 255").use == .frequency(255))
        #expect(try options("") == options(""))
    }

    @Test(arguments: [
        "FREQ", "IDLETIME", "FREQ 1 IDLETIME 1", "what", "FREQ 256", "IDLETIME -1", "FREQ x",
    ])
    func wordsThatMakeNoSenseAreRefused(_ words: String) {
        #expect(throws: CommandError.self) { _ = try options(words) }
    }

    @Test func whatCannotBeRestoredIsRefusedInRedissOrder() throws {
        let client = try Conversation()
        _ = client.ask("SET", "n", "12")
        #expect(client.ask("RESTORE", "k", "0", "p", "what") == "-ERR syntax error")
        #expect(
            client.ask("RESTORE", "n", "-1", "nonsense")
                == "-BUSYKEY Target key name already exists.")
        #expect(
            client.ask("RESTORE", "k", "-1", "nonsense")
                == "-ERR Invalid TTL value, must be >= 0")
        #expect(
            client.ask("RESTORE", "k", "1000", "nonsense")
                == "-ERR DUMP payload version or checksum are wrong")
        #expect(client.ask("EXISTS", "k") == ":0")
    }

    @Test func aRestoredKeyIsLoggedWithItsMoment() throws {
        let client = try Conversation(["appendonly", "yes"], ["aof-use-rdb-preamble", "no"])
        _ = client.ask("DEBUG", "SET-SKIP-CHECKSUM-VALIDATION", "1")
        // Type 0, three bytes, version 11 and a checksum that nobody looks at; all of it is text.
        let payload = "\0\u{3}abc\u{b}\0checksum"
        #expect(client.ask("RESTORE", "k", "1000", payload) == "+OK")
        let moment = client.server.clock.wallMilliseconds
        #expect(client.ask("GET", "k") == "$3\r\nabc")
        #expect(client.wait { client.info("aof_buffer_length") == "0" })

        let log = client.disk.peek("/data/appendonlydir/appendonly.aof.1.incr.aof") ?? []
        let text = String(decoding: log, as: UTF8.self)
        #expect(text.contains("ABSTTL"))
        #expect(!text.contains("\r\n1000\r\n"))
        let deadline = client.ask("PEXPIRETIME", "k")
        #expect(text.contains("\r\n\(deadline.dropFirst())\r\n"))
        #expect((Int64(deadline.dropFirst()) ?? 0) > moment)
    }
}
