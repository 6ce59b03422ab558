import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// Numbers are written and then told to a subscriber, while power fails after every call: what the
/// subscriber has heard of is there.
@Suite struct MessagePowerLossTests {
    private func run(seed: UInt64, _ fsync: FsyncPolicy, isCanary: Bool = false) throws
        -> MessageCrash
    {
        let run = try MessageCrash(seed: seed, fsync, isCanary: isCanary)
        for _ in 0..<150 where run.complaints.isEmpty { run.step() }
        run.host.world.fileSystem.afterEachCall = nil
        return run
    }

    @Test(arguments: [FsyncPolicy.always, .everysec])
    func aMessageFollowsTheWritesBeforeIt(fsync: FsyncPolicy) throws {
        for seed in SimulationBudget.seeds(4) {
            let run = try run(seed: seed, fsync)
            #expect(run.complaints == [], "seed \(seed), \(fsync)")
            #expect(run.heard > 5, "seed \(seed)")
            #expect(run.judged > 5, "seed \(seed)")
        }
    }

    @Test func noticesADiskThatLiesToPublishers() throws {
        for seed in 1...20 as ClosedRange<UInt64> {
            if try !run(seed: seed, .always, isCanary: true).complaints.isEmpty { return }
        }
        Issue.record("nothing was noticed")
    }
}

/// Two clients that write and publish, one that listens, and the judgement of a crash at any moment.
final class MessageCrash {
    let host: SimulatedServer
    private let fsync: FsyncPolicy
    private var random: SeededRandom
    private let publishers: [SimulatedConnection]
    private let subscriber: SimulatedConnection
    private var received: [UInt8] = []
    private var lastNumber = 0
    /// The largest number that the subscriber was told.
    private(set) var heard = 0
    private(set) var complaints: [String] = []
    private(set) var judged = 0

    init(seed: UInt64, _ fsync: FsyncPolicy, isCanary: Bool) throws {
        self.fsync = fsync
        random = SeededRandom(seed: seed)
        host = try SimulatedServer(
            seed: seed,
            directives: [
                ["appendonly", "yes"], ["appendfsync", fsync.rawValue], ["save", ""],
            ])
        let network = host.world.network
        func connect() throws -> SimulatedConnection {
            try SimulatedConnection(
                to: .tcp(address: "127.0.0.1", port: SimulatedServer.port), over: network)
        }
        publishers = [try connect(), try connect()]
        subscriber = try connect()
        subscriber.send(["SUBSCRIBE", "numbers"].asRequest)
        host.server.turn()
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
        }
    }

    func step() {
        switch random.index(below: 6) {
        case 0...2: publish()
        case 3: host.world.threads.stepOne(choosing: &random)
        default: host.server.turn()
        }
        host.world.clock.advance(microseconds: Int64(random.below(100_000)))
        listen()
    }

    /// The next number, written and told: in one piece, in a transaction, or in one that tells it
    /// first.
    private func publish() {
        lastNumber += 1
        let write = ["SET", "number", "\(lastNumber)"].asRequest
        let tell = ["PUBLISH", "numbers", "\(lastNumber)"].asRequest
        let (begin, end) = (["MULTI"].asRequest, ["EXEC"].asRequest)
        let request =
            switch random.index(below: 3) {
            case 0: write + tell
            case 1: begin + write + tell + end
            default: begin + tell + write + end
            }
        publishers[random.index(below: 2)].send(request)
        // One after the other, so that the key never goes back.
        host.server.turn()
        for publisher in publishers { _ = publisher.received() }
    }

    private func listen() {
        received += subscriber.received()
        while let reply = ModelReply.take(from: &received) {
            guard case .array(let parts) = reply, case .bulk(let text?)? = parts.last else {
                continue
            }
            heard = max(heard, Int(text) ?? 0)
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
        var found = 0
        if case .text(let text)? = next.contents[0]["number"]?.content { found = Int(text) ?? 0 }
        guard found < heard else { return }
        complaints.append("\(what): \(heard) was told, \(found) is there")
    }
}
