import Bytes
import Foundation
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct InfoTests {
    private func titles(_ reply: String) -> [Substring] {
        reply.split(separator: "\r\n").filter { $0.hasPrefix("# ") }.map { $0.dropFirst(2) }
    }

    @Test func sectionsComeInTheirOrderAndOnce() throws {
        let client = try Conversation()
        #expect(
            titles(client.ask("INFO", "KEYSPACE", "server", "Server")) == ["Server", "Keyspace"])
        #expect(client.ask("INFO", "nosuch") == "$0\r\n")
        let usual = titles(client.ask("INFO"))
        #expect(!usual.contains("Commandstats"))
        #expect(titles(client.ask("INFO", "everything")).count == InfoSection.all.count)
    }

    @Test func fieldsHaveOneName() {
        var names: Set<String> = []
        for section in InfoSection.all {
            for field in section.groups.flatMap(\.fields) {
                #expect(names.insert("\(field.name)").inserted, "\(field.name) is told twice")
                #expect("\(field.summary)".hasSuffix("."))
            }
        }
    }

    @Test func theReferencePageIsUpToDate() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "docs/reference/info.md"), encoding: .utf8)
        #expect(
            page == InfoReference.markdown,
            "run: swift run workshop reference info > docs/reference/info.md")
    }

    @Test func theDurableMarkFollowsTheDisk() throws {
        let client = try Conversation(["appendonly", "yes"], ["appendfsync", "everysec"])
        _ = client.ask("SET", "a", "1")
        #expect(client.info("aof_state") == "healthy")
        #expect(client.info("aof_appended_offset") != "0")
        #expect(client.wait { client.info("aof_unsynced_bytes") == "0" })
        #expect(client.info("aof_durable_offset") == client.info("aof_appended_offset"))
        #expect(client.info("aof_unsynced_age_ms") == "0")
    }

    @Test(arguments: [
        (0.0, 2, "0.00"), (1.005, 1, "1.0"), (-0.001, 2, "0.00"), (-1.5, 2, "-1.50"),
        (0.000_001, 6, "0.000001"),
        (99.999, 2, "100.00"),
    ])
    func decimalsAreRounded(_ value: Double, _ places: Int, _ text: String) {
        #expect(FixedDecimal(value: value, places: places).text == text)
    }

    @Test func ratesAreMeansOverTheLastSamples() {
        var rates = ServerRates()
        #expect(rates.commands == 0)
        for index in 0...20 {
            rates.take(
                ServerRates.Sample(
                    time: Int64(index) * 100_000, commands: UInt64(index) * 50,
                    turns: UInt64(index) * 2,
                    turnMicroseconds: UInt64(index) * 600))
        }
        #expect(rates.commands == 500)
        #expect(rates.turns == 20)
        #expect(rates.turnMicroseconds == 300)
    }
}
