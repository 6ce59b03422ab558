import Keyspace
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// The thread that frees large values.
@Suite struct ValueFreerTests {
    /// Values of a list each, taken out of a database as UNLINK does it, and left to `take`.
    private func giveUp(_ count: Int, to take: @escaping (UnreachableValue) -> Void) throws {
        let simulated = try SimulatedServer(seed: 1, directives: [["save", ""]])
        let connection = try SimulatedConnection(
            to: .tcp(address: "127.0.0.1", port: SimulatedServer.port),
            over: simulated.world.network)
        simulated.server.keyspace.shared.value.onUnreachable = take
        let element = String(repeating: "x", count: 1000)
        for number in 0..<count {
            let push = ["RPUSH", "list\(number)"] + Array(repeating: element, count: 200)
            connection.send(push.asRequest)
            connection.send(["UNLINK", "list\(number)"].asRequest)
        }
        let turnsMax = 1000
        for _ in 0..<turnsMax where simulated.server.statistics.commands < count * 2 {
            simulated.server.turn()
        }
    }

    @Test func freesOneValueAStep() throws {
        let freer = ValueFreer()
        #expect(freer.step() == .idle)
        try giveUp(3) { freer.take($0) }
        for left in [3, 2, 1] {
            #expect(freer.pendingCount == left)
            let step = freer.step()
            #expect(step == .again)
        }
        #expect(freer.pendingCount == 0)
        #expect(freer.step() == .idle)
    }

    @Test func endsBeforeTheNextValue() throws {
        let freer = ValueFreer()
        try giveUp(2) { freer.take($0) }
        _ = freer.step()
        freer.end()
        #expect(freer.step() == .finished)
        #expect(freer.pendingCount == 1)
    }

    /// Also what the thread has not come to is freed with it, at the latest.
    @Test func countsMemoryOfNothingAfterIt() throws {
        let allocation = ThreadAllocation()
        var sizes: [Int] = []
        for isStepped in [true, false] {
            var freer: ValueFreer? = ValueFreer()
            try giveUp(5) { freer?.take($0) }
            #expect(freer?.pendingCount == 5)
            let full = allocation.balance
            while isStepped, freer?.step() == .again {}
            freer = nil
            sizes.append(full - allocation.balance)
        }
        // Five lists of 200 elements of 1000 bytes.
        for size in sizes { #expect(size > 900_000) }
    }

    @Test func theServerLeavesLargeValuesToItsThread() throws {
        let talk = try Conversation(["lazyfree-lazy-user-del", "yes"])
        let element = String(repeating: "x", count: 1000)
        for _ in 0..<100 { _ = talk.ask("RPUSH", "large", element) }
        _ = talk.ask("SET", "small", "text")
        _ = talk.ask("DEL", "small")
        #expect(talk.info("lazyfreed_objects") == "0")
        #expect(talk.ask("DEL", "large") == ":1")
        #expect(talk.info("lazyfreed_objects") == "1")
        #expect(talk.info("lazyfree_pending_objects") == "0")
        #expect(talk.simulated.world.threads.worker(named: "lazyfree") != nil)
    }
}
