import Bytes
import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct ConfigurationCommandTests {
    @Test func aChangeThatTheSystemRefusesIsTakenBackAsAWhole() throws {
        let client = try Conversation()

        let reply = client.ask("CONFIG", "SET", "hz", "33", "dir", "/nowhere")
        #expect(
            reply == "-ERR CONFIG SET failed (possibly related to argument 'dir') - "
                + "No such file or directory")
        #expect(client.ask("CONFIG", "GET", "hz") == "*2\r\n$2\r\nhz\r\n$2\r\n10")
        #expect(client.server.configuration.settings.storage.directory == "/data")
    }

    @Test func aChangeReachesTheRunningServer() throws {
        let client = try Conversation()

        #expect(
            client.ask("CONFIG", "SET", "proto-max-bulk-len", "1mb", "slowlog-max-len", "7")
                == "+OK")
        #expect(client.server.limits.bulkCount == 1 << 20)
        #expect(client.server.execution.settings.stringCountMax == 1 << 20)
        #expect(client.ask("CONFIG", "SET", "requirepass", "secret") == "+OK")
        #expect(client.server.access.asksForAuthentication)
    }

    @Test func whatIsSetTwiceUnknownOrImmutableChangesNothing() throws {
        let client = try Conversation()
        let prefix = "-ERR CONFIG SET failed (possibly related to argument "

        #expect(
            client.ask("CONFIG", "SET", "hz", "20", "hz", "30") == prefix
                + "'hz') - duplicate parameter")
        #expect(
            client.ask("CONFIG", "SET", "hz", "20", "databases", "3")
                == prefix + "'databases') - can't set immutable config")
        #expect(
            client.ask("CONFIG", "SET", "hz", "20", "nosuch", "3")
                == "-ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'")
        #expect(client.server.configuration.settings.process.frequency == 10)
    }

    @Test func rewritingPutsWhatIsInForceIntoTheFile() throws {
        let client = try Conversation()
        #expect(
            client.ask("CONFIG", "REWRITE") == "-ERR The server is running without a config file")

        client.disk.place("/data/redis.conf", Array("# mine\nhz 15\nport 6379\n".utf8))
        let loaded = client.server.configuration.loaded
        var configuration = ServerConfiguration(loaded, file: "/data/redis.conf")
        configuration.settings = client.server.configuration.settings
        client.server.configuration = configuration
        #expect(client.ask("CONFIG", "SET", "hz", "33") == "+OK")
        #expect(client.ask("CONFIG", "REWRITE") == "+OK")

        let text = String(
            decoding: try #require(client.disk.peek("/data/redis.conf")), as: UTF8.self)
        #expect(text.hasPrefix("# mine\nhz 33\n"))
        #expect(client.disk.durableBytes(of: "/data/redis.conf") == Array(text.utf8))
    }

    @Test func aDirectoryIsNotLeftWhileTheLogIsOnInIt() throws {
        let client = try Conversation(["appendonly", "yes"])
        client.disk.place("/other/keep", [])

        #expect(client.ask("CONFIG", "SET", "dir", "/other").hasPrefix("-ERR CONFIG SET failed"))
        #expect(client.ask("CONFIG", "SET", "appendonly", "no") == "+OK")
        #expect(client.ask("CONFIG", "SET", "dir", "/other") == "+OK")
        #expect(client.ask("SET", "a", "1") == "+OK")
        #expect(client.ask("CONFIG", "SET", "appendonly", "yes") == "+OK")
        #expect(client.wait { client.info("aof_state") == "healthy" })
        #expect(client.disk.peek("/other/appendonlydir/appendonly.aof.manifest") != nil)
    }

    @Test func resettingBeginsTheCountersAnew() throws {
        let client = try Conversation()
        _ = client.ask("SET", "a", "1")
        _ = client.ask("GET", "a")
        #expect(client.info("keyspace_hits") == "1")
        #expect(client.info("cmdstat_get")?.hasPrefix("calls=1,") == true)

        #expect(client.ask("CONFIG", "RESETSTAT") == "+OK")
        #expect(client.info("keyspace_hits") == "0")
        #expect(client.info("cmdstat_get") == nil)
        #expect(client.info("total_commands_processed") == "3")
    }
}
