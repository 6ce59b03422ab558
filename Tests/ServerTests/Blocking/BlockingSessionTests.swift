import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Sessions of clients that push, pop, wait and leave, drawn from a seed, beside the model.
@Suite struct BlockingSessionTests {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func whoIsServedWithWhatIsAsTheModelSays(seed: UInt64) throws {
        let run = try BlockingSession(seed: seed)
        for _ in 0..<250 { try run.step() }
        run.end()
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func theSameHoldsWhileRepliesWaitForTheDisk(seed: UInt64) throws {
        let run = try BlockingSession(
            seed: seed, ["appendonly", "yes"], ["appendfsync", "always"])
        for _ in 0..<150 { try run.step() }
        run.end()
        #expect(try run.recovered() == run.model.lists)
    }
}

/// One session: what clients do is drawn, done by the server and by the model, and compared.
final class BlockingSession {
    private static let keys = ["a", "b", "c", "d"]
    private static let clientCount = 7

    private let crowd: BlockingCrowd
    private(set) var model = BlockingModel()
    private var random: SeededRandom
    private var valueCount = 0
    private var story: [String] = []

    init(seed: UInt64, _ directives: [String]...) throws {
        random = SeededRandom(seed: seed)
        crowd = try BlockingCrowd(
            count: Self.clientCount, seed: seed, directives.first ?? ["appendonly", "no"],
            directives.last ?? ["appendonly", "no"])
    }

    private func key() -> String { Self.keys[random.index(below: Self.keys.count)] }

    private func idleClient() -> Int? {
        let idle = (0..<Self.clientCount).filter { !model.isWaiting($0) }
        return idle.isEmpty ? nil : idle[random.index(below: idle.count)]
    }

    func step() throws {
        switch random.below(20) {
        case 0..<7: wish()
        case 7..<13: change()
        case 13..<15: transaction()
        case 15: unblock()
        case 16: try leave()
        default: pass()
        }
        compare()
    }

    /// Nothing that was parked stays behind when everybody is served or gone.
    func end() {
        for client in 0..<Self.clientCount where model.isWaiting(client) {
            guard let other = idleClient() else { return }
            _ = crowd.ask(other, "CLIENT", "UNBLOCK", crowd.identifiers[client])
        }
        _ = crowd.received()
        #expect(crowd.server.blockedClients.count == 0)
        #expect(crowd.server.blockedClients.keyCount == 0)
        #expect(crowd.server.keyspace.shared.value.awaited.count == 0)
    }

    private func compare() {
        let expected = model.takeReplies()
        let received = crowd.received()
        crowd.server.blockedClients.checkInvariants()
        #expect(received == expected, "\(story.suffix(12).joined(separator: "\n"))")
        #expect(crowd.server.blockedClients.count == model.waits.count)
    }

    // MARK: What may happen

    private func wish() {
        guard let client = idleClient() else { return pass() }
        let seconds = random.chance(1, in: 3) ? Int64(0) : Int64(random.below(40)) * 10
        let time = seconds == 0 ? "0" : "0.\(seconds < 100 ? "0" : "")\(seconds)"
        let deadline = seconds == 0 ? nil : crowd.now + seconds
        if random.chance(1, in: 3) {
            let (source, target) = (key(), key())
            model.wish(.move(from: source, to: target), of: client, deadline: deadline)
            send(client, ["BLMOVE", source, target, "LEFT", "RIGHT", time])
        } else {
            let fromLeft = random.chance(1, in: 2)
            let keys = (0...random.below(3)).map { _ in key() }
            model.wish(.pop(keys: keys, fromLeft: fromLeft), of: client, deadline: deadline)
            send(client, [fromLeft ? "BLPOP" : "BRPOP"] + keys + [time])
        }
        model.serve()
    }

    /// A change, and what it answers.
    private func draw() -> (words: [String], reply: String) {
        let key = key()
        switch random.below(10) {
        case 0:
            return (["SET", key, "text"], model.setText(key))
        case 1, 2:
            return (["DEL", key], model.delete(key))
        case 3:
            let other = self.key()
            return (["RENAME", key, other], model.rename(key, to: other))
        default:
            let values = (0...random.below(3)).map { _ in
                valueCount += 1
                return "v\(valueCount)"
            }
            let atLeft = random.chance(1, in: 2)
            return (
                [atLeft ? "LPUSH" : "RPUSH", key] + values,
                model.push(values, to: key, atLeft: atLeft)
            )
        }
    }

    private func change() {
        guard let client = idleClient() else { return pass() }
        let (words, reply) = draw()
        model.answer(client, reply)
        model.serve()
        send(client, words)
    }

    private func transaction() {
        guard let client = idleClient() else { return pass() }
        var commands = [["MULTI"]]
        var answers = ""
        let count = Int(random.below(4)) + 1
        for _ in 0..<count {
            if random.chance(1, in: 4) {
                let key = key()
                commands.append(["BLPOP", key, "0"])
                answers += model.attempt(.pop(keys: [key], fromLeft: true)) ?? "*-1\r\n"
            } else {
                let (words, reply) = draw()
                commands.append(words)
                answers += reply
            }
        }
        commands.append(["EXEC"])
        model.answer(client, "+OK\r\n" + String(repeating: "+QUEUED\r\n", count: count))
        model.answer(client, "*\(count)\r\n" + answers)
        model.serve()
        story += commands.map { "\(client): \($0.joined(separator: " "))" }
        crowd.send(client, commands)
    }

    private func unblock() {
        guard let client = idleClient() else { return pass() }
        let target = random.index(below: Self.clientCount)
        let withError = random.chance(1, in: 2)
        let wasWaiting = model.unblock(target, withError: withError)
        model.answer(client, wasWaiting ? ":1\r\n" : ":0\r\n")
        send(
            client,
            ["CLIENT", "UNBLOCK", crowd.identifiers[target], withError ? "ERROR" : "TIMEOUT"])
    }

    private func leave() throws {
        let client = random.index(below: Self.clientCount)
        model.leave(client)
        story.append("\(client) leaves")
        try crowd.reconnect(client)
    }

    private func pass() {
        let milliseconds = Int64(random.below(60)) + 1
        crowd.pass(milliseconds: milliseconds)
        model.pass(to: crowd.now)
        story.append("\(milliseconds) ms pass")
    }

    private func send(_ client: Int, _ words: [String]) {
        story.append("\(client): \(words.joined(separator: " "))")
        crowd.send(client, words)
    }

    /// The lists that a start finds after a loss of power now.
    func recovered() throws -> [String: [String]] {
        let disk = crowd.simulated.world.fileSystem.afterPowerLoss(keeping: { _ in 0 })
        let next = try BlockingCrowd(
            count: 1, on: disk, ["appendonly", "yes"], ["appendfsync", "always"])
        var lists: [String: [String]] = [:]
        for key in Self.keys where next.ask(0, "TYPE", key) == "+list\r\n" {
            let lines = next.ask(0, "LRANGE", key, "0", "-1").split(separator: "\r\n")
            lists[key] = lines.dropFirst().filter { !$0.hasPrefix("$") }.map(String.init)
        }
        return lists
    }
}
