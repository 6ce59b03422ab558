import Configuration
import PlatformSimulation
import Testing

@testable import Server

/// Numbers go through clients that wait for them, from one list to another and out again, while power
/// fails after every call: what anybody was told holds, and no number is anywhere twice.
@Suite struct BlockingPowerLossTests {
    @Test(arguments: [FsyncPolicy.always, .everysec])
    func whatWaitingClientsWereToldHolds(fsync: FsyncPolicy) throws {
        for seed in SimulationBudget.seeds(4) {
            let session = try BlockingCrash.played(seed: seed, fsync, steps: 120)
            #expect(session.complaints == [], "seed \(seed), \(fsync)")
            #expect(session.takenCount > 5, "seed \(seed)")
            #expect(session.judged > 5, "seed \(seed)")
        }
    }

    @Test func noticesADiskThatLiesToThoseWhoWait() throws {
        #expect(try BlockingCrash.noticesLies(steps: 120))
    }
}

/// Clients that push, wait and move.
final class BlockingCrash: CrashSession {
    /// What a client has asked for and not been answered.
    private enum Wish {
        case push([Int])
        case pop
        case move
    }

    private var received: [[UInt8]] = roles.map { _ in [] }
    private var wishes: [Wish?] = roles.map { _ in nil }
    private var pushed: Set<Int> = []
    private var taken: Set<Int> = []
    private var moved: Set<Int> = []
    private var lastNumber = 0

    var takenCount: Int { taken.count + moved.count }

    private static let roles = ["push", "pop", "pop", "move", "move"]
    override class var clientCount: Int { roles.count }

    override func act() { ask(random.index(below: Self.roles.count)) }

    private func ask(_ client: Int) {
        guard wishes[client] == nil else { return }
        switch Self.roles[client] {
        case "push":
            let numbers = (0...random.index(below: 2)).map { lastNumber + 1 + $0 }
            lastNumber += numbers.count
            wishes[client] = .push(numbers)
            let push = ["RPUSH", "queue"] + numbers.map { "\($0)" }
            connections[client].send(push.asRequest)
        case "pop":
            wishes[client] = .pop
            connections[client].send(["BLPOP", "queue", "0"].asRequest)
        default:
            wishes[client] = .move
            connections[client].send(["BLMOVE", "queue", "work", "LEFT", "RIGHT", "0"].asRequest)
        }
    }

    override func listen() {
        for client in connections.indices {
            received[client] += connections[client].received()
            while let reply = ModelReply.take(from: &received[client]) { hear(reply, client) }
        }
    }

    private func hear(_ reply: ModelReply, _ client: Int) {
        let wish = wishes[client]
        wishes[client] = nil
        switch (wish, reply) {
        case (.push(let numbers), .integer): pushed.formUnion(numbers)
        case (.pop, .array(let parts)):
            guard case .bulk(let text?)? = parts.last else { break }
            taken.insert(Int(text) ?? 0)
        case (.move, .bulk(let text?)): moved.insert(Int(text) ?? 0)
        default: complain("client \(client) was told \(reply)")
        }
    }

    override func complaint(about contents: [String: FoundValue]) -> String? {
        let queue = numbers(contents["queue"])
        let work = numbers(contents["work"])
        let found = Set(queue).union(work)
        let lost = pushed.subtracting(found).subtracting(taken)
        var popsMax = 0
        for case .pop? in wishes { popsMax += 1 }
        let complaint: String? =
            if found.count != queue.count + work.count {
                "a number is there twice"
            } else if queue != queue.sorted() || work != work.sorted() {
                "out of order"
            } else if !found.isDisjoint(with: taken) {
                "\(found.intersection(taken)) came back"
            } else if !moved.isSubset(of: work) {
                "\(moved.subtracting(work)) were moved and are not there"
            } else if lost.count > popsMax {
                "\(lost) are lost, \(popsMax) clients may have taken one"
            } else {
                nil
            }
        return complaint.map { "\($0); queue \(queue), work \(work)" }
    }

    private func numbers(_ value: FoundValue?) -> [Int] {
        guard case .list(let texts)? = value?.content else { return [] }
        return texts.map { Int($0) ?? 0 }
    }
}
