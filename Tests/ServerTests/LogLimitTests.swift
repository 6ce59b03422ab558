import Platform
import PlatformSimulation
import Testing

@testable import Server

/// What clients are told when the log cannot keep up, or does not heal.
@Suite struct LogLimitTests {
    private func serve(_ host: SimulatedServer, turns: Int, letting threadsRun: Bool = true) {
        var random = SeededRandom(seed: 5)
        for _ in 0..<turns {
            host.server.turn()
            if threadsRun { host.world.threads.runUntilIdle(choosing: &random) }
            host.world.clock.advance(microseconds: 100_000)
        }
    }

    private func text(_ connection: SimulatedConnection) -> String {
        String(decoding: connection.received(), as: UTF8.self)
    }

    private func host(_ directives: [[String]]) throws -> SimulatedServer {
        let host = try SimulatedServer(
            seed: 1,
            directives: [["appendonly", "yes"], ["save", ""], ["appendfsync", "always"]]
                + directives)
        #expect(host.refusal == nil)
        return host
    }

    private func connect(_ host: SimulatedServer) throws -> SimulatedConnection {
        try SimulatedConnection(
            to: .tcp(address: "127.0.0.1", port: SimulatedServer.port), over: host.world.network)
    }

    @Test(arguments: [false, true])
    func aLogThatDoesNotHealIsToldToThoseWhoWait(exits: Bool) throws {
        let host = try host([
            ["aof-heal-timeout", "2"], ["aof-exit-on-heal-timeout", exits ? "yes" : "no"],
        ])
        let connection = try connect(host)
        host.world.fileSystem.inject(
            Fault(.fail(SystemCode.inputOutput), on: [.synchronize], times: .max))
        connection.send(["SET", "a", "1"].asRequest)
        serve(host, turns: 10)
        #expect(text(connection).isEmpty, "nobody knows yet what becomes of it")
        serve(host, turns: 30)
        #expect(text(connection).contains("-MISCONF The append-only log cannot be written"))
        #expect(connection.isClosedByServer)
        #expect(host.server.isStopping == exits)
        #expect(host.server.exitStatus == (exits ? 1 : 0))
    }

    @Test func aReadOfWhatMayBeLostIsNotAnsweredAfterTheTimeout() throws {
        let host = try host([["aof-heal-timeout", "2"]])
        let (writer, reader) = (try connect(host), try connect(host))
        writer.send(["SET", "safe", "1"].asRequest)
        serve(host, turns: 3)
        host.world.fileSystem.inject(
            Fault(.fail(SystemCode.inputOutput), on: [.synchronize], times: .max))
        writer.send(["SET", "unsafe", "secret"].asRequest)
        serve(host, turns: 40)
        reader.send(["GET", "safe"].asRequest)
        serve(host, turns: 2)
        #expect(text(reader) == "$1\r\n1\r\n")
        reader.send(["GET", "unsafe"].asRequest)
        serve(host, turns: 2)
        let answer = text(reader)
        #expect(answer.hasPrefix("-MISCONF The append-only log cannot be written"))
        #expect(!answer.contains("secret"))
    }

    @Test func writesWaitWhileTooMuchWaitsForTheDisk() throws {
        let host = try host([["aof-unsynced-limit", "1mb"]])
        let (writer, reader) = (try connect(host), try connect(host))
        // A reader keeps the data thread from syncing itself; the log thread hangs.
        host.world.threads.worker(named: "log")?.setHanging(true)
        for number in 0..<40 {
            reader.send(["PING"].asRequest)
            writer.send(
                ["SET", "key:\(number)", String(repeating: "v", count: 100_000)].asRequest)
            serve(host, turns: 1)
        }
        #expect(host.server.keyspace[0].count < 20)
        #expect(text(writer).isEmpty)
        #expect(text(reader).filter { $0 == "P" }.count >= 39, "readers are served")

        host.world.threads.worker(named: "log")?.setHanging(false)
        for _ in 0..<60 {
            writer.flush()
            serve(host, turns: 1)
        }
        #expect(text(writer).filter { $0 == "+" }.count == 40)
        #expect(host.server.keyspace[0].count == 40)
    }

    /// A read must not show what a crash could take back: it waits for the record that its key
    /// depends on, whichever command of a transaction wrote it.
    @Test func readsWaitForTheWholeTransactionThatWroteTheirKey() throws {
        let host = try host([])
        let (writer, reader, other) = (try connect(host), try connect(host), try connect(host))
        // Whoever is served meanwhile keeps the data thread from syncing itself.
        other.send(["PING"].asRequest)
        serve(host, turns: 1)
        host.world.threads.worker(named: "log")?.setHanging(true)
        for words in [["MULTI"], ["SET", "a", "1"], ["SET", "b", "2"], ["EXEC"]] {
            writer.send(words.asRequest)
        }
        other.send(["PING"].asRequest)
        serve(host, turns: 1)
        reader.send(["GET", "a"].asRequest)
        other.send(["GET", "unwritten"].asRequest)
        serve(host, turns: 3)
        #expect(host.server.keyspace[0].count == 2)
        #expect(text(reader).isEmpty, "the first of the keys is not durable yet")
        #expect(text(other).hasSuffix("$-1\r\n"))

        host.world.threads.worker(named: "log")?.setHanging(false)
        serve(host, turns: 5)
        #expect(text(reader) == "$1\r\n1\r\n")
        #expect(text(writer).hasSuffix("*2\r\n+OK\r\n+OK\r\n"))
    }
}
