import Persistence
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// The log's files are read again while the server runs.
@Suite struct ScrubTests {
    private func client(_ directives: [String]...) throws -> Conversation {
        try Conversation(
            on: nil,
            [["appendonly", "yes"], ["appendfsync", "always"], ["rdbcompression", "no"]]
                + directives)
    }

    /// A base with data, and an increment after it.
    private func fill(_ client: Conversation) {
        _ = client.ask("SET", "base", String(repeating: "b", count: 100))
        #expect(client.ask("BGREWRITEAOF").hasPrefix("+"))
        #expect(client.wait { client.info("aof_rewrites") == "1" })
        for number in 0..<4 { _ = client.ask("SET", "key:\(number)", "value") }
        #expect(client.wait { client.info("aof_unsynced_bytes") == "0" })
    }

    /// A pass over files, alone.
    private func pass(
        over files: [ScrubFile], of client: Conversation
    ) -> ScrubReport? {
        let world = client.simulated.world
        let scrub = LogScrub(files, rate: 1 << 30, in: world.world) {}
        for _ in 0..<1000 {
            if let outcome = scrub.outcome {
                guard case .finished(let report) = outcome else { return nil }
                return report
            }
            world.threads.runUntilIdle(choosing: &world.random)
            world.clock.advance(microseconds: 1000)
        }
        Issue.record("the pass has no end")
        return nil
    }

    @Test(arguments: ["yes", "no"])
    func everyChangedByteIsFound(preamble: String) throws {
        let client = try client(["aof-use-rdb-preamble", preamble])
        fill(client)
        let files = try #require(client.server.persistence.appendLog?.scrubFiles)
        #expect(files.count == 2)
        let sizes = files.map { client.disk.peek($0.path)?.count }
        #expect(files.map { Int($0.size) } == sizes)
        let intact = try #require(pass(over: files, of: client))
        #expect(intact.damage == nil)
        let isSummed = preamble == "yes"
        #expect((intact.unverified == 0) == isSummed, "a base of commands has no checksum")
        #expect(intact.verified + intact.unverified == files.reduce(0) { $0 + $1.size })
        for file in files where isSummed || file.name.contains("incr") {
            for offset in 0..<Int(file.size) {
                let mask = UInt8(1) << UInt8(offset % 8)
                client.disk.damage(file.path, at: offset, flipping: mask)
                let report = pass(over: files, of: client)
                #expect(report?.damage?.name == file.name, "byte \(offset) of \(file.name)")
                client.disk.damage(file.path, at: offset, flipping: mask)
            }
        }
    }

    @Test func whatEndsTooEarlyOrCannotBeReadIsDamage() throws {
        let client = try client()
        fill(client)
        let files = try #require(client.server.persistence.appendLog?.scrubFiles)
        for file in files {
            let content = try #require(client.disk.peek(file.path))
            for size in [0, 1, content.count / 2, content.count - 1] {
                client.disk.place(file.path, Array(content.prefix(size)))
                #expect(pass(over: files, of: client)?.damage?.name == file.name, "\(size)")
            }
            client.disk.place(file.path, content)
            client.disk.inject(Fault(.fail(SystemCode.inputOutput), on: [.read], path: file.name))
            let report = pass(over: files, of: client)
            #expect(report?.damage?.reason.contains("Input/output error") == true)
        }
        #expect(pass(over: files, of: client)?.damage == nil)
    }

    @Test func commandsWithoutChecksumsArePassedOver() throws {
        let client = try client(["aof-checksum", "no"])
        fill(client)
        let files = try #require(client.server.persistence.appendLog?.scrubFiles)
        let report = try #require(pass(over: files, of: client))
        #expect(report.damage == nil)
        #expect(report.unverified > 0)
        // Their structure is still looked at.
        let increment = try #require(files.last)
        let content = try #require(client.disk.peek(increment.path))
        let place = try #require(content.lastIndex(of: UInt8(ascii: "*")))
        client.disk.damage(increment.path, at: place)
        #expect(pass(over: files, of: client)?.damage?.offset == UInt64(place))
    }

    @Test func aPassIsAsSlowAsItIsAllowedToBe() throws {
        let client = try client(["aof-scrub-rate", "1mb"])
        _ = client.ask("SET", "a", String(repeating: "v", count: 3 << 20))
        #expect(client.wait { client.info("aof_scrub_last_status") == "ok" })
        // The first pass may have begun before the value was there.
        #expect(client.ask("DURABILITY", "SCRUB") == "+Background scrub started")
        let start = client.simulated.world.clock.monotonicMicroseconds
        #expect(client.ask("DURABILITY", "SCRUB") == "-ERR Background scrub already in progress")
        #expect(client.wait { client.info("aof_scrub_in_progress") == "0" })
        #expect(client.info("aof_scrub_verified_bytes").flatMap { Int($0) } ?? 0 > 3 << 20)
        let elapsed = client.simulated.world.clock.monotonicMicroseconds - start
        #expect(elapsed > 2_500_000)
        #expect(elapsed < 8_000_000)
    }

    @Test(arguments: ["base", "incr"])
    func damageIsWrittenAnew(kind: String) throws {
        let client = try client(["aof-scrub-rate", "1mb"])
        fill(client)
        let file = try #require(
            client.server.persistence.appendLog?.scrubFiles?.first { $0.name.contains(kind) })
        client.disk.damage(file.path, at: Int(file.size) - 2)
        client.simulated.world.clock.advance(microseconds: ScrubState.passInterval)
        #expect(client.wait { client.info("aof_scrub_last_status") == "err" })
        #expect(client.simulated.output.contains("damage in the append-only log: \(file.name)"))
        #expect(client.wait { client.info("aof_scrub_repairs") == "1" })
        #expect(client.info("aof_scrub_damage") == "")
        #expect(client.info("aof_rewrites") == "2")
        #expect(client.ask("DURABILITY", "SCRUB").hasPrefix("+Background scrub"))
        #expect(client.wait { client.info("aof_scrub_last_status") == "ok" })
        let next = try Conversation(on: client.disk.afterPowerLoss(), ["appendonly", "yes"])
        #expect(next.ask("DBSIZE") == ":5")
    }

    /// Neither a rewrite that fails nor a disk that damages every file makes rewrites without end.
    @Test func repairsAreBounded() throws {
        let client = try client(["aof-scrub-rate", "1mb"])
        fill(client)
        client.disk.inject(
            Fault(
                .fail(SystemCode.inputOutput), on: [.write], path: "temp-rewriteaof", times: .max))
        let file = try #require(client.server.persistence.appendLog?.scrubFiles?.first)
        client.disk.damage(file.path, at: 20)
        client.simulated.world.clock.advance(microseconds: ScrubState.passInterval)
        #expect(client.wait { client.info("aof_scrub_damage") != "" })
        #expect(client.ask("DURABILITY", "DOCTOR").contains("[danger] damage: \(file.name)"))
        for _ in 0..<40 {
            client.simulated.world.clock.advance(microseconds: 60_000_000)
            for _ in 0..<20 { client.pass() }
        }
        let failures = client.simulated.output.split(separator: "\n").filter {
            $0.contains("Background AOF rewrite terminated with error")
        }
        #expect(failures.count == ScrubState.repairsTriedMax)
        #expect(client.ask("DURABILITY", "DOCTOR").contains("Rewrites have not helped"))
        #expect(client.ask("SET", "a", "1") == "+OK", "the data in memory is whole")

        client.disk.clearFaults()
        #expect(client.ask("BGREWRITEAOF").hasPrefix("+"))
        #expect(client.wait { client.info("aof_scrub_repairs") == "1" })
        client.simulated.world.clock.advance(microseconds: ScrubState.passInterval)
        #expect(client.wait { client.info("aof_scrub_last_status") == "ok" })
    }

    @Test func thereIsNothingToScrubWithoutALog() throws {
        let client = try Conversation()
        #expect(client.ask("DURABILITY", "SCRUB").hasPrefix("-ERR The append-only log is off"))
        let logged = try self.client()
        #expect(logged.ask("DURABILITY", "SCRUB", "JSON") == "$19\r\n{\"scrub\":\"started\"}")
        #expect(logged.ask("CONFIG", "SET", "appendonly", "no") == "+OK")
        #expect(logged.wait { logged.info("aof_scrub_in_progress") == "0" })
        #expect(logged.ask("SHUTDOWN", "NOSAVE") == "")
    }
}
