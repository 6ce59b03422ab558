import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Numbers go through clients that wait for them, from one list to another and out again, while power
/// fails after every call: what anybody was told holds, and no number is anywhere twice.
@Suite struct BlockingPowerLossTests {
    private func run(
        seed: UInt64, _ fsync: FsyncPolicy, isCanary: Bool = false
    ) throws -> BlockingCrash {
        let run = try BlockingCrash(seed: seed, fsync, isCanary: isCanary)
        for _ in 0..<120 where run.complaints.isEmpty { run.step() }
        run.host.world.fileSystem.afterEachCall = nil
        return run
    }

    @Test(arguments: [FsyncPolicy.always, .everysec])
    func whatWaitingClientsWereToldHolds(fsync: FsyncPolicy) throws {
        for seed in SimulationBudget.seeds(4) {
            let run = try run(seed: seed, fsync)
            #expect(run.complaints == [], "seed \(seed), \(fsync)")
            #expect(run.takenCount > 5, "seed \(seed)")
            #expect(run.judged > 5, "seed \(seed)")
        }
    }

    @Test func noticesADiskThatLiesToThoseWhoWait() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            if try !run(seed: seed, .always, isCanary: true).complaints.isEmpty { return }
        }
        Issue.record("nothing was noticed")
    }
}

/// A session of clients that push, wait and move, and the judgement of a crash at any moment of it.
final class BlockingCrash {
    /// What a client has asked for and not been answered.
    private enum Wish {
        case push([Int])
        case pop
        case move
    }

    let host: SimulatedServer
    private let fsync: FsyncPolicy
    private var random: SeededRandom
    private var connections: [SimulatedConnection] = []
    private var received: [[UInt8]]
    private var wishes: [Wish?]
    private var pushed: Set<Int> = []
    private var taken: Set<Int> = []
    private var moved: Set<Int> = []
    private var lastNumber = 0
    private(set) var complaints: [String] = []
    private(set) var judged = 0

    var takenCount: Int { taken.count + moved.count }

    private static let roles = ["push", "pop", "pop", "move", "move"]

    init(seed: UInt64, _ fsync: FsyncPolicy, isCanary: Bool) throws {
        self.fsync = fsync
        random = SeededRandom(seed: seed)
        received = Self.roles.map { _ in [] }
        wishes = Self.roles.map { _ in nil }
        host = try SimulatedServer(
            seed: seed,
            directives: [
                ["appendonly", "yes"], ["appendfsync", fsync.rawValue], ["save", ""],
            ])
        for _ in Self.roles {
            connections.append(
                try SimulatedConnection(
                    to: .tcp(address: "127.0.0.1", port: SimulatedServer.port),
                    over: host.world.network))
        }
        if isCanary {
            host.world.fileSystem.inject(
                Fault(.lie, on: [.synchronize], path: "incr", passing: 6, times: .max))
        }
        host.world.fileSystem.afterEachCall = { [unowned self] disk, call in
            guard call.isChange, self.complaints.isEmpty else { return }
            self.listen()
            self.judge(disk.afterProcessDeath(), "a kill at \(call)")
            guard self.fsync == .always else { return }
            self.judge(disk.afterPowerLoss(), "a loss of power at \(call)")
            self.judge(
                disk.afterPowerLoss(choosing: &self.random), "a loss of power at \(call)")
        }
    }

    func step() {
        switch random.index(below: 6) {
        case 0...2: ask(random.index(below: Self.roles.count))
        case 3: host.world.threads.stepOne(choosing: &random)
        default: host.server.turn()
        }
        host.world.clock.advance(microseconds: Int64(random.below(100_000)))
        listen()
    }

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

    private func listen() {
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
        default: complaints.append("client \(client) was told \(reply)")
        }
    }

    /// Starts a server on what a crash has left, and compares.
    private func judge(_ disk: SimulatedFileSystem, _ what: String) {
        judged += 1
        guard
            let next = try? SimulatedServer(
                seed: 1, on: disk,
                directives: [["appendonly", "yes"], ["save", ""], ["loglevel", "warning"]]),
            next.refusal == nil
        else {
            complaints.append("\(what): no start")
            return
        }
        let contents = next.contents[0]
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
        guard let complaint else { return }
        complaints.append("\(what): \(complaint); queue \(queue), work \(work)")
    }

    private func numbers(_ value: FoundValue?) -> [Int] {
        guard case .list(let texts)? = value?.content else { return [] }
        return texts.map { Int($0) ?? 0 }
    }
}
