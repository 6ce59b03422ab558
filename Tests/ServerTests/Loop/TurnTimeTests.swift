import Platform
import PlatformSimulation
import Testing

@testable import Server

/// What a client sends beyond its share of a turn waits for the others.
@Suite struct TurnTimeTests {
    @Test func timeWithoutEndIsNeverOver() {
        var time = TurnTime()
        for count in [0, 1, 10_000] {
            time.begin(.max, among: count)
            time.beginShare()
            #expect(!time.isOver)
            #expect(!time.isShareOver(at: .max))
        }
    }

    @Test func aShareIsAPartOfTheTurn() {
        var time = TurnTime()
        let turn: UInt64 = 1 << 40
        for (count, parts) in [(0, 1), (1, 1), (10, 10), (100_000, 500)] as [(Int, UInt64)] {
            time.begin(turn, among: count)
            let before = TickCounter.now
            time.beginShare()
            let after = TickCounter.now
            #expect(!time.isOver)
            #expect(!time.isShareOver(at: before + turn / parts))
            #expect(time.isShareOver(at: after + turn / parts + 1))
        }
    }

    /// A server whose turns have no time executes a request of each client before the rest of any.
    @Test func everybodyIsServedBeforeTheRest() throws {
        let talk = try Conversation()
        let others = try (0..<3).map { _ in
            try SimulatedConnection(
                to: .tcp(address: "127.0.0.1", port: SimulatedServer.port),
                over: talk.simulated.world.network)
        }
        for (number, connection) in others.enumerated() {
            for _ in 0..<3 { connection.send(["RPUSH", "order", "\(number)"].asRequest) }
        }
        // Accepted in one turn, so that all are ready in the next ones.
        talk.server.turn()
        let isDone = talk.wait {
            talk.server.limits.turnTicks = 0
            return talk.server.unfinished.isEmpty && talk.server.statistics.commands >= 9
        }
        #expect(isDone)
        let order = talk.ask("LRANGE", "order", "0", "-1").split(separator: "\r\n")
        let numbers = order.filter { $0.count == 1 }
        #expect(numbers.count == 9)
        // Each of them once in each third.
        for third in 0..<3 { #expect(Set(numbers[third * 3..<third * 3 + 3]).count == 3) }
        for connection in others {
            let replies = String(decoding: connection.received(), as: UTF8.self)
            #expect(replies.split(separator: "\r\n").count == 3)
        }
    }

    @Test func whoGoesIsForgotten() throws {
        let talk = try Conversation()
        let other = try SimulatedConnection(
            to: .tcp(address: "127.0.0.1", port: SimulatedServer.port),
            over: talk.simulated.world.network)
        for _ in 0..<10 { other.send(["PING"].asRequest) }
        talk.server.turn()
        talk.server.limits.turnTicks = 0
        talk.server.turn()
        #expect(talk.server.unfinished.count == 1)
        talk.server.closeSoon(talk.server.unfinished[0])
        talk.server.turn()
        #expect(talk.server.unfinished.isEmpty)
        #expect(talk.ask("PING") == "+PONG")
    }
}
