import Bytes
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Clients whose bytes are received, parsed and sent by threads that run in any order.
@Suite struct IOThreadOrderTests {
    private static let address = SocketAddress.tcp(
        address: "127.0.0.1", port: SimulatedServer.port)

    /// Sends numbered requests in pieces of any size; replies have to come one for each, in order.
    @Test func repliesKeepTheirOrder() throws {
        for seed in SimulationBudget.seeds(6) {
            let host = try SimulatedServer(seed: seed, directives: [["save", ""]])
            host.startIOThreads(3, seed: seed)
            var random = SeededRandom(seed: seed)
            if random.chance(1, in: 2) { host.world.network.fragment(seed: seed) }
            let clients = try (0..<12).map { number in
                try NumberingClient(number, to: Self.address, over: host.world.network)
            }
            for _ in 0..<150 {
                for client in clients where random.chance(1, in: 3) { client.speak(&random) }
                host.server.turn()
                if random.chance(1, in: 4) { host.world.threads.stepOne(choosing: &random) }
                host.world.clock.advance(microseconds: 1000)
            }
            let turnsMax = 2000
            for _ in 0..<turnsMax where !clients.allSatisfy({ $0.isDone }) { host.server.turn() }
            for client in clients { #expect(client.complaint == nil, "seed \(seed)") }
            #expect(clients.allSatisfy { $0.isDone }, "seed \(seed)")
            #expect(host.server.statistics.threadedReads > 50, "seed \(seed)")
            #expect(host.server.statistics.threadedWrites > 50, "seed \(seed)")
        }
    }

    /// A client that another one kills while its own requests are in other hands.
    @Test func aClientMayBeKilledWhileItIsRead() throws {
        for seed in SimulationBudget.seeds(10) {
            let host = try SimulatedServer(seed: seed, directives: [["save", ""]])
            host.startIOThreads(3, seed: seed)
            let connections = try (0..<8).map { _ in
                try SimulatedConnection(to: Self.address, over: host.world.network)
            }
            host.server.turn()
            for connection in connections { connection.send(["CLIENT", "ID"].asRequest) }
            host.server.turn()
            host.server.turn()
            let identifiers = connections.map {
                String(decoding: $0.received().dropFirst().dropLast(2), as: UTF8.self)
            }
            for (index, connection) in connections.enumerated() {
                let next = identifiers[(index + 1) % identifiers.count]
                connection.send(["CLIENT", "KILL", "ID", next].asRequest)
                connection.send(["SET", "killer", "\(index)"].asRequest)
            }
            for _ in 0..<4 { host.server.turn() }
            // Somebody was first and is still there; whoever was killed has killed nobody.
            let left = connections.filter { !$0.isClosedByServer }.count
            #expect(left == host.server.clients.count, "seed \(seed)")
            #expect((1...7).contains(left), "seed \(seed)")
            #expect(host.contents[0]["killer"] != nil, "seed \(seed)")
        }
    }

    /// The server ends in the middle of a round, and loses nothing of the log.
    @Test func theServerMayEndInTheMiddleOfARound() throws {
        for seed in SimulationBudget.seeds(10) {
            let host = try SimulatedServer(
                seed: seed, directives: [["save", ""], ["appendonly", "yes"]])
            host.startIOThreads(4, seed: seed)
            let connections = try (0..<12).map { _ in
                try SimulatedConnection(to: Self.address, over: host.world.network)
            }
            host.server.turn()
            for (index, connection) in connections.enumerated() {
                connection.send(["SET", "key\(index)", "x"].asRequest)
                if index == Int(seed % 12) { connection.send(["SHUTDOWN"].asRequest) }
            }
            for _ in 0..<3 where !host.server.isStopping { host.server.turn() }
            #expect(host.server.isStopping, "seed \(seed)")
            #expect(host.world.threads.workers.allSatisfy { !$0.name.hasPrefix("io_thd") })
            let answered = connections.indices.filter { !connections[$0].received().isEmpty }
            let next = try SimulatedServer(
                seed: 1, on: host.world.fileSystem.afterProcessDeath(),
                directives: [["appendonly", "yes"]])
            for index in answered {
                #expect(next.contents[0]["key\(index)"] != nil, "seed \(seed), key\(index)")
            }
        }
    }
}

/// Asks for numbers one after the other and expects them in this order.
private final class NumberingClient {
    private let number: Int
    private let connection: SimulatedConnection
    private var asked = 0
    private var answered = 0
    private var received: [UInt8] = []
    private(set) var complaint: String?

    init(_ number: Int, to address: SocketAddress, over network: SimulatedNetwork) throws {
        self.number = number
        connection = try SimulatedConnection(to: address, over: network)
    }

    /// Whether every request was answered.
    var isDone: Bool {
        listen()
        connection.flush()
        return complaint != nil || answered == asked
    }

    func speak(_ random: inout SeededRandom) {
        for _ in 0...random.index(below: 90) {
            asked += 1
            connection.send(["ECHO", text(asked)].asRequest)
        }
        listen()
    }

    private func text(_ count: Int) -> String { "\(number):\(count)" }

    private func listen() {
        received += connection.received()
        while complaint == nil, let reply = ModelReply.take(from: &received) {
            answered += 1
            guard case .bulk(let found?) = reply, found == text(answered) else {
                complaint = "client \(number) got \(reply) for \(text(answered))"
                return
            }
        }
    }
}
