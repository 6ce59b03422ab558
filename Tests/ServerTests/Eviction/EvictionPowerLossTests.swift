import Configuration
import PlatformSimulation
import Testing

@testable import Server

/// Memory is full: keys go while others are written, and power fails after every call. What a start
/// finds is what the server had at some moment, at the earliest the one of the last acknowledgement.
@Suite struct EvictionPowerLossTests {
    @Test(arguments: [FsyncPolicy.always, .everysec], [false, true])
    func whatWasEvictedIsReplayed(fsync: FsyncPolicy, isLazy: Bool) throws {
        let kind: EvictionCrash.Type = isLazy ? LazyEvictionCrash.self : EvictionCrash.self
        var (evicted, freedElsewhere) = (UInt64(0), UInt64(0))
        for seed in SimulationBudget.seeds(3) {
            let session = try kind.played(seed: seed, fsync, steps: 150)
            #expect(session.complaints == [], "seed \(seed), \(fsync)")
            #expect(session.heardCount > 5, "seed \(seed)")
            #expect(session.judged > 5, "seed \(seed)")
            evicted += session.evictedCount
            freedElsewhere += session.freedElsewhereCount
        }
        #expect(evicted > 3)
        #expect((freedElsewhere > 0) == isLazy)
    }

    @Test func noticesADiskThatLiesWhileKeysAreEvicted() throws {
        #expect(try EvictionCrash.noticesLies(steps: 150))
    }
}

/// Two clients that write and read few keys, while memory is at its limit now and then.
class EvictionCrash: CrashSession {
    /// What the server had after each of its turns, as far as it changed.
    private var moments: [[String: FoundValue]] = [[:]]
    /// For each key the moment from which on it is as it is now.
    private var lastChanges: [String: Int] = [:]
    private var received: [[UInt8]] = [[], []]
    /// For each client the moment that the reply it waits for speaks of.
    private var awaited: [Int?] = [nil, nil]
    /// The last moment that anybody was told of.
    private var heardMoment = 0
    private(set) var heardCount = 0

    var evictedCount: UInt64 { host.server.keyspace.shared.value.evicted }
    var freedElsewhereCount: UInt64 { host.server.statistics.valuesFreedElsewhere }

    private static let memoryMax = 1 << 20
    override class var clientCount: Int { 2 }
    override class var directives: [[String]] {
        [["maxmemory", "\(memoryMax)"], ["maxmemory-policy", "allkeys-random"]]
    }

    override func act() {
        let client = random.index(below: Self.clientCount)
        guard awaited[client] == nil else { return }
        if random.chance(1, in: 3) { fillMemory(beyondLimit: random.index(below: 3000)) }
        let request = request
        connections[client].send(request.asRequest)
        host.server.turn()
        fillMemory(beyondLimit: -Self.memoryMax)
        note()
        awaited[client] = moment(of: request)
    }

    /// The earliest moment that the answer to a request may speak of. That of a write stands behind all
    /// records before it; what another looked at was safe, where reads wait for that, and no more.
    private func moment(of request: [String]) -> Int {
        guard request[0] == "GET" || request[0] == "DEL" else { return moments.count - 1 }
        guard host.server.keyspace.shared.value.footprint.isKept else { return 0 }
        return request.dropFirst().map { lastChanges[$0] ?? 0 }.max() ?? 0
    }

    private var request: [String] {
        let key = "key\(random.index(below: 20))"
        let text = String(repeating: "x", count: 100 + random.index(below: 300))
        let elements = (0..<100).map { "\($0) \(text)\(text)\(text)" }
        return switch random.index(below: 8) {
        case 0: ["DEL", key]
        case 1: ["GET", key]
        case 2: ["DEL", key, "\(key)0"]
        case 3: ["MSET", key, text, "other", text]
        case 4, 5: ["RPUSH", "list \(key)"] + elements
        default: ["SET", key, text]
        }
    }

    /// Lets the allocator say that it has handed out so many bytes more than the server may use.
    private func fillMemory(beyondLimit excess: Int) {
        let allocated = Self.memoryMax + excess + host.server.memoryNotCounted
        host.world.process.state.withLock { $0.memory.allocated = UInt64(max(0, allocated)) }
        host.server.readMemory()
    }

    private func note() {
        let contents = host.contents[0]
        let former = moments[moments.count - 1]
        guard contents != former else { return }
        for key in Set(contents.keys).union(former.keys) where contents[key] != former[key] {
            lastChanges[key] = moments.count
        }
        moments.append(contents)
    }

    override func listen() {
        note()
        for client in connections.indices {
            received[client] += connections[client].received()
            while let reply = ModelReply.take(from: &received[client]) {
                if !reply.isError { heardMoment = max(heardMoment, awaited[client] ?? 0) }
                awaited[client] = nil
                heardCount += 1
            }
        }
    }

    override func complaint(about contents: [String: FoundValue]) -> String? {
        if moments[heardMoment...].contains(contents) { return nil }
        let isOld = moments.contains(contents)
        return isOld ? "older than what was told" : "the server never had \(contents.keys.sorted())"
    }
}

/// The same with large values freed by their thread, and UNLINK in the log.
final class LazyEvictionCrash: EvictionCrash {
    override class var directives: [[String]] {
        super.directives + [["lazyfree-lazy-eviction", "yes"]]
    }
}
