import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Several clients of a simulated server, whose requests are answered before the next is sent.
final class BlockingCrowd {
    let simulated: SimulatedServer
    private var connections: [SimulatedConnection] = []
    /// The server's numbers of the clients.
    private(set) var identifiers: [String] = []
    /// Milliseconds that the test has let pass.
    private(set) var now: Int64 = 0

    var server: Server { simulated.server }

    init(
        count: Int, seed: UInt64 = 7, on disk: SimulatedFileSystem? = nil,
        _ directives: [String]...
    ) throws {
        simulated = try SimulatedServer(
            seed: seed, on: disk, directives: [["save", ""]] + directives)
        for _ in 0..<count {
            connections.append(try connect())
            identifiers.append("")
            identify(connections.count - 1)
        }
    }

    private func connect() throws -> SimulatedConnection {
        try SimulatedConnection(
            to: .tcp(address: "127.0.0.1", port: SimulatedServer.port),
            over: simulated.world.network)
    }

    private func identify(_ client: Int) {
        send(client, ["CLIENT", "ID"])
        identifiers[client] = String(received(client).filter { $0.isNumber })
    }

    /// Ends a client's connection, and gives it another.
    func reconnect(_ client: Int) throws {
        connections[client].close()
        settle()
        connections[client] = try connect()
        identify(client)
    }

    func send(_ client: Int, _ words: [String]) { send(client, [words]) }

    /// Sends several commands in one piece, and lets the server do what there is to do.
    func send(_ client: Int, _ commands: [[String]]) {
        connections[client].send(Array(commands.map { $0.asRequest }.joined()))
        settle()
    }

    /// Sends a command, and leaves it to the next turn.
    func post(_ client: Int, _ words: String...) { connections[client].send(words.asRequest) }

    func ask(_ client: Int, _ words: String...) -> String {
        send(client, words)
        return received(client)
    }

    func received(_ client: Int) -> String {
        String(decoding: connections[client].received(), as: UTF8.self)
    }

    /// What all have received, by client.
    func received() -> [Int: String] {
        var texts: [Int: String] = [:]
        for client in connections.indices {
            let text = received(client)
            if !text.isEmpty { texts[client] = text }
        }
        return texts
    }

    /// Lets the server and its threads do what there is to do, in next to no time.
    func settle() {
        for _ in 0..<6 {
            server.turn()
            simulated.world.threads.runUntilIdle(choosing: &simulated.world.random)
        }
    }

    func pass(milliseconds: Int64) {
        now += milliseconds
        simulated.world.clock.advance(microseconds: milliseconds * 1000)
        settle()
    }
}
