import Foundation
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct DurabilityCommandTests {
    private func json(_ reply: String) throws -> Any {
        let text = reply.drop { $0 != "\r\n" }.dropFirst()
        return try JSONSerialization.jsonObject(
            with: Data(text.utf8), options: [.fragmentsAllowed])
    }

    @Test func statusIsTextAndJSON() throws {
        let client = try Conversation(["appendonly", "yes"], ["appendfsync", "everysec"])
        _ = client.ask("SET", "a", "1")
        let text = client.ask("DURABILITY", "STATUS")
        #expect(text.contains("# log\nstate: healthy\n"))
        #expect(text.contains("dir: /data\n"))
        let status = try #require(
            try json(client.ask("DURABILITY", "STATUS", "json")) as? [String: [String: Any]])
        #expect(status["log"]?["state"] as? String == "healthy")
        #expect(status["log"]?["reason"] is NSNull)
        #expect(status["promise"]?["appendfsync"] as? String == "everysec")
        #expect(status["disk"]?["available"] as? Int ?? 0 > 0)
        #expect(status["directories"]?["appenddir"] as? String == "/data/appendonlydir")
    }

    @Test func theDoctorSpeaksOfAFailingLog() throws {
        let client = try Conversation(["appendonly", "yes"], ["appendfsync", "everysec"])
        client.disk.setCapacity(
            UInt64(client.disk.paths.reduce(0) { $0 + (client.disk.peek($1)?.count ?? 0) }))
        _ = client.ask("SET", "a", String(repeating: "v", count: 10_000))
        #expect(client.wait { client.info("aof_state") == "refusing" })
        #expect(client.ask("DURABILITY", "DOCTOR").contains("1. [danger] log: "))
        let advice = try #require(
            try json(client.ask("DURABILITY", "DOCTOR", "JSON")) as? [[String: String]])
        #expect(advice.first?["subject"] == "log")
        client.disk.setCapacity(nil)
        #expect(client.wait { client.info("aof_state") == "healthy" })
        #expect(!client.ask("DURABILITY", "DOCTOR").contains("danger"))
    }

    @Test func whatItDoesNotKnowIsRefused() throws {
        let client = try Conversation()
        #expect(client.ask("DURABILITY", "STATUS", "XML") == "-ERR syntax error")
        #expect(client.ask("DURABILITY", "DOCTOR", "JSON", "x") == "-ERR syntax error")
        #expect(client.ask("DURABILITY", "NOSUCH").hasPrefix("-ERR unknown subcommand"))
        #expect(client.ask("DURABILITY", "HELP").contains("STATUS [JSON]"))
    }
}
