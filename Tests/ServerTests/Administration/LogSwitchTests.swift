import Bytes
import Persistence
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct LogSwitchTests {
    @Test func aLogThatIsSwitchedOnHoldsWhatWasThereBefore() throws {
        let client = try Conversation()
        _ = client.ask("SET", "before", "1")
        #expect(client.info("aof_state") == "off")
        #expect(client.ask("CONFIG", "SET", "appendonly", "yes") == "+OK")
        #expect(client.info("aof_enabled") == "1")
        _ = client.ask("SET", "meanwhile", "2")
        #expect(client.wait { client.info("aof_state") == "healthy" })
        _ = client.ask("SET", "after", "3")
        #expect(client.wait { client.info("aof_unsynced_bytes") == "0" })

        let survivor = client.disk.afterPowerLoss()
        let next = try Conversation(on: survivor, ["appendonly", "yes"])
        #expect(
            next.ask("MGET", "before", "meanwhile", "after")
                == "*3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3")
    }

    @Test func aLogThatIsSwitchedOffInATransactionTakesNoMore() throws {
        let client = try Conversation(["appendonly", "yes"])
        for words in [
            ["MULTI"], ["SET", "a", "1"], ["CONFIG", "SET", "appendonly", "no"], ["SET", "b", "2"],
        ] {
            _ = client.ask(words)
        }
        #expect(client.ask("EXEC") == "*3\r\n+OK\r\n+OK\r\n+OK")
        #expect(client.info("aof_enabled") == "0")
        #expect(client.ask("GET", "b") == "$1\r\n2")
    }

    @Test func switchingOffEndsTheRewriteThatWouldSwitchOn() throws {
        let client = try Conversation()
        _ = client.ask("SET", "a", "1")
        #expect(client.ask("CONFIG", "SET", "appendonly", "yes") == "+OK")
        #expect(client.ask("CONFIG", "SET", "appendonly", "no") == "+OK")
        #expect(client.info("aof_rewrite_in_progress") == "0")
        #expect(client.ask("CONFIG", "SET", "appendonly", "yes") == "+OK")
        #expect(client.wait { client.info("aof_state") == "healthy" })
    }
}
