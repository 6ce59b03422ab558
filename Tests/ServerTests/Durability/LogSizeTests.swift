import Platform
import PlatformSimulation
import Testing

@testable import Server

/// `aof-max-size` on a whole server.
@Suite struct LogSizeTests {
    private func setData(_ client: Conversation, _ size: UInt64) {
        client.simulated.world.process.state.withLock {
            $0.memory.allocated = client.server.identity.startupMemory + size
        }
    }

    private func client(_ directives: [String]...) throws -> Conversation {
        try Conversation(
            on: nil,
            [
                ["appendonly", "yes"], ["aof-max-size", "20kb"],
                ["auto-aof-rewrite-percentage", "0"],
            ] + directives)
    }

    @Test func aLogAtItsLimitIsRewritten() throws {
        let client = try client()
        for _ in 0..<30 { _ = client.ask("SET", "a", String(repeating: "v", count: 1000)) }
        #expect(client.wait { client.info("aof_rewrites") == "1" })
        #expect(client.info("aof_size_refuses") == "nothing")
        #expect(client.ask("SET", "b", "1") == "+OK")
    }

    @Test func growthIsRefusedWhereARewriteDoesNotHelp() throws {
        let client = try client()
        setData(client, 100 << 10)
        var refused = ""
        for number in 0..<200 where refused.isEmpty {
            // What cannot be compressed.
            var random = SeededRandom(seed: UInt64(number))
            let value = (0..<1000).map { _ in
                String(UnicodeScalar(UInt8(33 + random.index(below: 90))))
            }
            let reply = client.ask("SET", "k\(number)", value.joined())
            if reply != "+OK" { refused = reply }
        }
        #expect(refused.hasPrefix("-MISCONF The append-only log has reached aof-max-size (20480"))
        #expect(client.info("aof_size_refuses") == "growth")
        #expect(client.ask("DURABILITY", "DOCTOR").contains("[danger] aof-max-size"))

        // Reads, deletions and rewrites go on; a transaction is judged by what it holds.
        #expect(client.ask("GET", "k0").hasPrefix("$1000"))
        #expect(client.ask("PING") == "+PONG")
        #expect(client.ask("DEL", "k0") == ":1")
        #expect(client.ask("MULTI") == "+OK")
        #expect(client.ask("SET", "x", "1").hasPrefix("-MISCONF"))
        #expect(client.ask("EXEC").hasPrefix("-EXECABORT"))
        #expect(
            client.wait { client.ask("BGREWRITEAOF").hasPrefix("+Background append only") })

        // It heals by itself when enough is gone.
        #expect(client.ask("FLUSHALL") == "+OK")
        setData(client, 0)
        #expect(client.wait { client.info("aof_size_refuses") == "nothing" })
        #expect(client.ask("SET", "x", "1") == "+OK")
        #expect(client.simulated.output.contains("may grow again"))
        #expect(client.wait { client.info("aof_unsynced_bytes") == "0" })
        let next = try Conversation(on: client.disk.afterPowerLoss(), ["appendonly", "yes"])
        #expect(next.ask("GET", "x") == "$1\r\n1")
        #expect(next.ask("DBSIZE") == ":1")
    }

    @Test func aHigherLimitHoldsAtOnce() throws {
        let client = try client(["disk-space-check", "yes"])
        setData(client, 1 << 30)
        let used = client.disk.paths.reduce(0) { $0 + (client.disk.peek($1)?.count ?? 0) }
        client.disk.setCapacity(UInt64(used) + 1 << 20)
        for number in 0..<40 {
            _ = client.ask("SET", "k\(number)", String(repeating: "v", count: 1000))
        }
        #expect(client.wait { client.info("aof_size_refuses") == "growth" })
        #expect(client.info("disk_refusal")?.hasPrefix("a rewrite") == true)
        #expect(client.info("aof_rewrites") == "0", "for which there is no room")
        #expect(client.ask("CONFIG", "SET", "aof-max-size", "1gb") == "+OK")
        #expect(client.wait { client.info("aof_size_refuses") == "nothing" })
        #expect(client.ask("SET", "x", "1") == "+OK")
    }
}
