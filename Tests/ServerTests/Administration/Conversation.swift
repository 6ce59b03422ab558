import Platform
import PlatformSimulation

@testable import Server

/// A client that asks a simulated server and waits for each reply.
final class Conversation {
    let simulated: SimulatedServer
    private let connection: SimulatedConnection

    var server: Server { simulated.server }
    var disk: SimulatedFileSystem { simulated.world.fileSystem }

    /// - Parameter directives: as on the command line, without the dashes.
    convenience init(
        on disk: SimulatedFileSystem? = nil, _ directives: [String]...
    ) throws {
        try self.init(on: disk, directives)
    }

    init(on disk: SimulatedFileSystem?, _ directives: [[String]]) throws {
        let usual = [
            ["enable-protected-configs", "yes"], ["enable-debug-command", "yes"], ["save", ""],
        ]
        simulated = try SimulatedServer(seed: 7, on: disk, directives: usual + directives)
        connection = try SimulatedConnection(
            to: .tcp(address: "127.0.0.1", port: SimulatedServer.port),
            over: simulated.world.network)
    }

    /// Sends a command and returns its reply as it came, without the last line end.
    func ask(_ words: String...) -> String { ask(words) }

    func ask(_ words: [String]) -> String {
        connection.send(words.asRequest)
        var received: [UInt8] = []
        let turnsMax = 100
        for _ in 0..<turnsMax where received.isEmpty {
            pass()
            received = connection.received()
        }
        return String(decoding: received.dropLast(2), as: UTF8.self)
    }

    /// Lets the server and its threads do what there is to do, and some time pass.
    func pass() {
        server.turn()
        simulated.world.threads.runUntilIdle(choosing: &simulated.world.random)
        simulated.world.clock.advance(microseconds: 20_000)
    }

    /// Lets time pass until something is the case; whether it became so.
    func wait(until isReached: () -> Bool) -> Bool {
        let turnsMax = 1000
        for _ in 0..<turnsMax {
            if isReached() { return true }
            pass()
        }
        return false
    }

    /// A field of INFO.
    func info(_ name: String) -> String? {
        let line = ask("INFO", "everything").split(separator: "\r\n").first {
            $0.hasPrefix(name + ":")
        }
        return line.map { String($0.dropFirst(name.count + 1)) }
    }
}
