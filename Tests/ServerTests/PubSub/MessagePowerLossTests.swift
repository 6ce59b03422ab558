import Configuration
import PlatformSimulation
import Testing

@testable import Server

/// Numbers are written and then told to a subscriber, while power fails after every call: what the
/// subscriber has heard of is there.
@Suite struct MessagePowerLossTests {
    @Test(arguments: [FsyncPolicy.always, .everysec])
    func aMessageFollowsTheWritesBeforeIt(fsync: FsyncPolicy) throws {
        for seed in SimulationBudget.seeds(4) {
            let session = try MessageCrash.played(seed: seed, fsync, steps: 150)
            #expect(session.complaints == [], "seed \(seed), \(fsync)")
            #expect(session.heard > 5, "seed \(seed)")
            #expect(session.judged > 5, "seed \(seed)")
        }
    }

    @Test func noticesADiskThatLiesToPublishers() throws {
        #expect(try MessageCrash.noticesLies(steps: 150))
    }
}

/// Two clients that write and publish, and one that listens.
final class MessageCrash: CrashSession {
    private var received: [UInt8] = []
    private var lastNumber = 0
    /// The largest number that the subscriber was told.
    private(set) var heard = 0

    override class var clientCount: Int { 3 }
    private static let subscriber = 2

    override func begin() {
        connections[Self.subscriber].send(["SUBSCRIBE", "numbers"].asRequest)
        host.server.turn()
    }

    /// The next number, written and told: in one piece, in a transaction, or in one that tells it
    /// first.
    override func act() {
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
        let publishers = connections[..<Self.subscriber]
        publishers[random.index(below: publishers.count)].send(request)
        // One after the other, so that the key never goes back.
        host.server.turn()
        for publisher in publishers { _ = publisher.received() }
    }

    override func listen() {
        received += connections[Self.subscriber].received()
        while let reply = ModelReply.take(from: &received) {
            guard case .array(let parts) = reply, case .bulk(let text?)? = parts.last else {
                continue
            }
            heard = max(heard, Int(text) ?? 0)
        }
    }

    override func complaint(about contents: [String: FoundValue]) -> String? {
        var found = 0
        if case .text(let text)? = contents["number"]?.content { found = Int(text) ?? 0 }
        return found < heard ? "\(heard) was told, \(found) is there" : nil
    }
}
