import Bytes
import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct DebugTests {
    /// What redis-server 7.0.15 answers for the same data.
    @Test func theDigestIsRediss() throws {
        let client = try Conversation()
        #expect(client.ask("DEBUG", "DIGEST") == "+" + String(repeating: "0", count: 40))
        _ = client.ask("SET", "a", "1")
        _ = client.ask("SET", "b", "hello world")
        _ = client.ask("SET", "long", String(repeating: "x", count: 100))
        #expect(client.ask("DEBUG", "DIGEST") == "+5c4b43b62487a12c3fc2f172af474d8032e3c6ad")
        #expect(
            client.ask("DEBUG", "DIGEST-VALUE", "b")
                == "*1\r\n+19bfad8f2007c7c5d8559839d8798339f62ccc52")
    }

    @Test func aDeadlineChangesTheDigestAndItsMomentDoesNot() throws {
        let client = try Conversation()
        _ = client.ask("SET", "a", "1")
        let without = client.ask("DEBUG", "DIGEST")
        _ = client.ask("PEXPIREAT", "a", "4102444800000")
        let with = client.ask("DEBUG", "DIGEST")
        _ = client.ask("PEXPIREAT", "a", "4102444800001")
        #expect(without != with)
        #expect(client.ask("DEBUG", "DIGEST") == with)
    }

    @Test func reloadingKeepsEverything() throws {
        let client = try Conversation(["appendonly", "yes"])
        _ = client.ask("DEBUG", "POPULATE", "100")
        _ = client.ask("SET", "a", "1", "PXAT", "4102444800000")
        let digest = client.ask("DEBUG", "DIGEST")
        #expect(client.ask("DEBUG", "RELOAD") == "+OK")
        #expect(client.ask("DEBUG", "DIGEST") == digest)
        #expect(client.ask("DEBUG", "LOADAOF") == "+OK")
        #expect(client.ask("DBSIZE") == ":1")
    }

    @Test func aFileThatCannotBeLoadedLeavesTheDataAlone() throws {
        let client = try Conversation()
        _ = client.ask("SET", "a", "1")
        client.disk.place("/data/dump.rdb", Array("REDIS0011nonsense".utf8))
        #expect(
            client.ask("DEBUG", "RELOAD", "NOSAVE")
                == "-ERR Error trying to load the RDB dump, check server logs.")
        #expect(client.ask("GET", "a") == "$1\r\n1")
    }

    @Test func mergingLetsTheFileWin() throws {
        let client = try Conversation()
        _ = client.ask("MSET", "a", "1", "b", "1")
        #expect(client.ask("SAVE") == "+OK")
        _ = client.ask("MSET", "a", "2", "c", "2")
        #expect(client.ask("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE") == "+OK")
        #expect(client.ask("MGET", "a", "b", "c") == "*3\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n2")
    }

    @Test func itIsRefusedUnlessItIsEnabled() throws {
        let client = try Conversation(["enable-debug-command", "no"])
        #expect(client.ask("DEBUG", "JMAP").hasPrefix("-ERR DEBUG command not allowed. If the"))
        #expect(client.ask("MULTI") == "+OK")
        #expect(client.ask("DEBUG", "JMAP").hasPrefix("-ERR DEBUG command not allowed. If the"))
        #expect(client.ask("EXEC").hasPrefix("-EXECABORT"))
    }

    @Test func partsOfWhatIsNotThereAnswerClearly() throws {
        let client = try Conversation()
        #expect(client.ask("DEBUG", "REPLICATE", "SET", "a", "1") == "+OK")
        #expect(client.ask("EXISTS", "a") == ":0", "it is for replicas only")
        #expect(client.ask("DEBUG", "MALLCTL-STR", "version").contains("is not supported"))
        #expect(
            client.ask("DEBUG", "CONFIG-REWRITE-FORCE-ALL")
                == "-ERR The server is running without a config file")
    }

    @Test func everyPartHasHelp() {
        for command in DebugCommand.all where !command.help.isEmpty {
            let first = "\(command.help[0])".split(separator: " ")[0].lowercased()
            #expect(first == "\(command.name)")
        }
    }
}
