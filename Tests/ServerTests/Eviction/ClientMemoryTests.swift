import Configuration
import PlatformSimulation
import Testing

@testable import Server

/// `maxmemory-clients`: what is counted, and who goes.
@Suite struct ClientMemoryTests {
    private func limit(_ clients: MemoryOrPercent, of memoryMax: UInt64 = 0) -> ClientMemory {
        var settings = Settings().memory
        settings.clientsMax = clients
        settings.max = memoryMax
        var memory = ClientMemory()
        _ = memory.apply(settings)
        return memory
    }

    @Test func limitIsAnAmountOrAShare() {
        #expect(!limit(.bytes(0)).isLimited)
        #expect(limit(.bytes(1 << 20)).limit == 1 << 20)
        #expect(limit(.percent(5), of: 100 << 20).limit == 5 << 20)
        // A share of nothing is no limit.
        #expect(!limit(.percent(5)).isLimited)
        #expect(!limit(.percent(0), of: 0).isLimited)
    }

    @Test func limitLeavesRoomToRaiseIt() {
        #expect(limit(.bytes(1)).limit == 128 << 10)
        #expect(limit(.percent(1), of: 1000).limit == 128 << 10)
    }

    @Test func countingBeginsWithTheLimit() {
        var settings = Settings().memory
        var memory = ClientMemory()
        let beginsUnlimited = memory.apply(settings)
        #expect(!beginsUnlimited)
        settings.clientsMax = .bytes(1 << 20)
        let begins = memory.apply(settings)
        #expect(begins)
        memory.add(1 << 20)
        #expect(!memory.isAboveLimit)
        memory.add(1)
        #expect(memory.isAboveLimit)
        settings.clientsMax = .bytes(2 << 20)
        let beginsAgain = memory.apply(settings)
        #expect(!beginsAgain)
        #expect(memory.total == 1 << 20 + 1)
        settings.clientsMax = .bytes(0)
        _ = memory.apply(settings)
        #expect(memory.total == 0)
    }

    /// Who asks for much and takes nothing goes. Who may not go is counted all the same, and the others
    /// go instead.
    @Test(arguments: [false, true])
    func largestClientGoes(isExempt: Bool) throws {
        let talk = try Conversation(["maxmemory-clients", "1mb"])
        let network = talk.simulated.world.network
        let hungry = try SimulatedConnection(
            to: .tcp(address: "127.0.0.1", port: SimulatedServer.port), over: network)
        #expect(talk.ask("SET", "large", String(repeating: "x", count: 100_000)) == "+OK")
        if isExempt { hungry.send(["CLIENT", "NO-EVICT", "on"].asRequest) }
        for _ in 0..<40 { hungry.send(["GET", "large"].asRequest) }
        let isOver = talk.wait { talk.server.statistics.evictedClients > 0 }
        #expect(isOver)
        talk.pass()
        #expect(talk.server.statistics.evictedClients == 1)
        #expect(talk.server.clients.count == 1)
        let stays = talk.server.clients.all.contains { $0.value.flags.contains(.noEvict) }
        #expect(stays == isExempt)
        let counted = talk.server.clients.all.reduce(0) { $0 + $1.value.countedSize }
        #expect(talk.server.clientMemory.total == counted)
    }
}
