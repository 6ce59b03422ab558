import Bytes
import Persistence
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct SaveCommandTests {
    @Test func savingForgetsTheChanges() throws {
        let client = try Conversation()
        _ = client.ask("SET", "a", "1")
        #expect(client.info("rdb_changes_since_last_save") == "1")
        #expect(client.ask("SAVE") == "+OK")
        #expect(client.info("rdb_changes_since_last_save") == "0")
        #expect(client.info("rdb_saves") == "1")
        #expect(client.info("rdb_last_verified_file") == "/data/dump.rdb")

        let next = try Conversation(on: client.disk.afterPowerLoss())
        #expect(next.ask("GET", "a") == "$1\r\n1")
    }

    @Test func aFailedSaveIsToldToWhoAskedAndStopsNoWrites() throws {
        let client = try Conversation(["save", "3600 1"])
        _ = client.ask("SET", "a", "1")
        client.disk.place("/data/dump.rdb/in-the-way", [])
        #expect(client.ask("SAVE") == "-ERR")
        #expect(client.ask("SET", "a", "2") == "+OK")

        #expect(client.ask("BGSAVE") == "+Background saving started")
        #expect(client.wait { client.info("rdb_last_bgsave_status") == "err" })
        #expect(client.ask("SET", "a", "3").hasPrefix("-MISCONF Redis is configured to save RDB"))
    }

    @Test func aTransactionIsNotSavedHalfDone() throws {
        let client = try Conversation()
        for words in [
            ["MULTI"], ["SET", "a", "1"], ["BGSAVE"], ["BGREWRITEAOF"], ["SET", "b", "2"],
        ] {
            _ = client.ask(words)
        }
        #expect(
            client.ask("EXEC")
                == "*4\r\n+OK\r\n+Background saving scheduled\r\n"
                + "+Background append only file rewriting scheduled\r\n+OK")
        #expect(client.wait { client.info("rdb_saves") == "1" })
        let next = try Conversation(on: client.disk.afterPowerLoss())
        #expect(next.ask("MGET", "a", "b") == "*2\r\n$1\r\n1\r\n$1\r\n2")
    }

    @Test func flushingWithSavePointsReplacesTheDump() throws {
        let client = try Conversation(["save", "3600 1"])
        _ = client.ask("SET", "a", "1")
        #expect(client.ask("SAVE") == "+OK")
        _ = client.ask("SET", "b", "1")
        #expect(client.ask("FLUSHALL") == "+OK")
        #expect(client.info("rdb_changes_since_last_save") == "0")

        let next = try Conversation(on: client.disk.afterPowerLoss())
        #expect(next.ask("DBSIZE") == ":0")
    }

    @Test func shutdownEndsTheSnapshotUnderWay() throws {
        let client = try Conversation(["save", "3600 1"])
        _ = client.ask("DEBUG", "POPULATE", "1000")
        _ = client.ask("SET", "a", "1")
        #expect(client.ask("SHUTDOWN", "SAVE", "NOSAVE") == "-ERR syntax error")
        #expect(client.ask("SHUTDOWN", "ABORT") == "-ERR No shutdown in progress.")
        #expect(client.ask("BGSAVE") == "+Background saving started")
        #expect(client.ask("SHUTDOWN") == "")
        #expect(client.server.isStopping)
        #expect(client.disk.paths.filter { $0.contains("temp-") } == [])

        let next = try Conversation(on: client.disk.afterPowerLoss())
        #expect(next.ask("DBSIZE") == ":1001")
    }
}
