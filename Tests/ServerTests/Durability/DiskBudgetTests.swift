import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct DiskBudgetTests {
    @Test func aRefusalIsRememberedUntilThereIsRoom() {
        var budget = DiskBudget()
        let first = budget.allows(.rewrite, needing: 100, of: 99, at: 1000)
        #expect(!first)
        let isTold = budget.takeLine(at: 1000)
        #expect(isTold)
        let again = budget.allows(.rewrite, needing: 120, of: 99, at: 2000)
        #expect(!again)
        let isToldAgain = budget.takeLine(at: 2000)
        #expect(!isToldAgain, "the same shortage is told once a minute")
        #expect(budget.refusal?.since == 1000)
        #expect(budget.refusal?.text == "a rewrite needs about 120 bytes and 99 are free")
        #expect(budget.refusals == 2)
        let isToldLater = budget.takeLine(at: 1000 + DiskBudget.lineInterval)
        #expect(isToldLater)

        let other = budget.allows(.save, needing: 1, of: 99, at: 3000)
        #expect(other)
        #expect(budget.refusal?.purpose == .rewrite, "there still is no room for that")
        let fits = budget.allows(.rewrite, needing: 100, of: 100, at: 4000)
        #expect(fits)
        #expect(budget.refusal == nil)
    }

    @Test func whatCannotBeMeasuredRefusesNothing() {
        var budget = DiskBudget()
        let isAllowed = budget.allows(.save, needing: .max, of: nil, at: 0)
        #expect(isAllowed)
    }

    @Test func theNextSnapshotIsEstimatedByTheLast() {
        var estimate = SnapshotEstimate()
        #expect(estimate.size(dataset: 80 << 20, isRDB: true) > 60 << 20)
        estimate.learn(size: 10 << 20, dataset: 100 << 20, isRDB: true)
        let size = estimate.size(dataset: 200 << 20, isRDB: true)
        #expect(size > 20 << 20)
        #expect(size < 24 << 20)
        #expect(estimate.size(dataset: 80 << 20, isRDB: false) > 80 << 20, "of its own kind")
        // Little data says nothing.
        estimate.learn(size: 1, dataset: 1000, isRDB: true)
        #expect(estimate.size(dataset: 200 << 20, isRDB: true) == size)
        estimate.learn(size: .max, dataset: 100 << 20, isRDB: true)
        #expect(estimate.size(dataset: 200 << 20, isRDB: true) == size)
    }

    // MARK: The server

    /// A server that holds so much more than when it was started, on a disk with so much room.
    private func client(
        data: UInt64, room: UInt64, _ directives: [String]...
    ) throws -> Conversation {
        let client = try Conversation(on: nil, directives)
        setRoom(client, room)
        client.simulated.world.process.state.withLock { $0.memory.allocated += data }
        return client
    }

    private func setRoom(_ client: Conversation, _ room: UInt64?) {
        let used = client.disk.paths.reduce(0) { $0 + (client.disk.peek($1)?.count ?? 0) }
        client.disk.setCapacity(room.map { UInt64(used) + $0 })
    }

    @Test func aDumpThatDoesNotFitIsNotBegun() throws {
        let client = try client(data: 100 << 20, room: 10 << 20, ["save", "3600 1"])
        _ = client.ask("SET", "a", "1")
        #expect(client.ask("SAVE").hasPrefix("-ERR Not enough disk space: a dump needs about "))
        #expect(client.ask("SET", "a", "2") == "+OK", "who asked was told, nothing else failed")
        #expect(client.ask("BGSAVE").hasPrefix("-ERR Not enough disk space"))
        #expect(client.info("rdb_last_bgsave_status") == "err")
        #expect(client.info("disk_refusal")?.hasPrefix("a dump needs") == true)
        #expect(client.info("disk_refusals") == "2")
        #expect(client.simulated.output.contains("Not enough disk space: a dump needs about"))
        #expect(client.ask("SET", "a", "3").hasPrefix("-MISCONF"))
        #expect(client.disk.paths.filter { $0.contains("temp-") } == [])

        _ = client.ask("CONFIG", "SET", "disk-space-check", "no")
        #expect(client.ask("BGSAVE") == "+Background saving started")
        #expect(client.wait { client.info("rdb_last_bgsave_status") == "ok" })
        #expect(client.info("disk_refusal") == "")
    }

    @Test func aRewriteThatDoesNotFitWaitsForRoom() throws {
        let client = try client(
            data: 100 << 20, room: 10 << 20, ["appendonly", "yes"],
            ["auto-aof-rewrite-min-size", "1"], ["auto-aof-rewrite-percentage", "10"])
        #expect(client.ask("BGREWRITEAOF").hasPrefix("-ERR Not enough disk space: a rewrite"))
        for number in 0..<20 { _ = client.ask("SET", "k\(number)", "value") }
        #expect(client.wait { client.info("disk_refusal") != "" })
        for _ in 0..<500 { client.pass() }
        #expect(client.info("aof_rewrites") == "0")
        let lines = client.simulated.output.split(separator: "\n").filter {
            $0.contains("Not enough disk space")
        }
        #expect(lines.count == 1, "it is said once, however often it is looked at")
        #expect(client.ask("SET", "a", "1") == "+OK")

        setRoom(client, nil)
        #expect(client.wait { client.info("aof_rewrites") != "0" })
        #expect(client.info("disk_refusal") == "")
    }

    @Test func theLogIsNotSwitchedOnWhereItsBaseDoesNotFit() throws {
        let client = try client(data: 100 << 20, room: 10 << 20)
        _ = client.ask("SET", "a", "1")
        #expect(
            client.ask("CONFIG", "SET", "appendonly", "yes")
                .contains("'appendonly') - Not enough disk space"))
        #expect(client.ask("CONFIG", "GET", "appendonly").hasSuffix("no"))
        setRoom(client, nil)
        #expect(client.ask("CONFIG", "SET", "appendonly", "yes") == "+OK")
        #expect(client.wait { client.info("aof_state") == "healthy" })
    }

    /// The log is being switched on, and its base fails whenever it is tried.
    @Test func aRewriteThatKeepsFailingIsSpacedOut() throws {
        let client = try Conversation()
        _ = client.ask("SET", "a", "1")
        client.disk.inject(
            Fault(
                .fail(SystemCode.inputOutput), on: [.write], path: "temp-rewriteaof", times: .max))
        #expect(client.ask("CONFIG", "SET", "appendonly", "yes") == "+OK")
        for _ in 0..<1500 { client.pass() }
        let failures = client.simulated.output.split(separator: "\n").filter {
            $0.contains("Background AOF rewrite terminated with error")
        }
        #expect(failures.count == 3)
        #expect(client.simulated.output.contains("will retry in 1 minutes"))
        #expect(client.disk.paths.filter { $0.contains("temp-") } == [])
        client.disk.clearFaults()
        client.simulated.world.clock.advance(microseconds: 60_000_000)
        #expect(client.wait { client.info("aof_state") == "healthy" })
    }
}
