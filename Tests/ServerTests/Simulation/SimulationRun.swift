import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

@testable import Server

// A session that one seed determines: clients that send requests and receive replies, turns of the
// server, steps of its threads and the passing of time, in any order. The model of each client
// knows what it was told, so at every moment a crash can be judged.

/// A session of a simulated server with its clients.
final class SimulationRun {
    let seed: UInt64
    let options: SimulationOptions
    let host: SimulatedServer
    var random: SeededRandom
    var clients: [ModelClient]
    private var connections: [SimulationConnection] = []
    private var operatorConnection: SimulatedConnection?
    /// Counts what happens, so that 'answered before that was sent' has a meaning.
    var event = 0
    /// The latest moment that the clock on the wall has shown.
    private(set) var latest: Int64
    /// Whether a sync has failed of bytes that nobody kept, as only `appendfsync no` allows.
    private(set) var mayHaveHole = false
    /// What was found wrong. A run that is meant to be right records an issue as well.
    private(set) var complaints: [String] = []
    /// How many crashes were judged.
    var judged = 0
    var isCanary = false
    /// The seed of the whole test, when the run is a part of it.
    var testSeed: UInt64
    /// How many units of each client the last finished dump holds at the least.
    private(set) var saved: [Int]
    /// The same of the dump under way.
    private var saving: [Int]?
    /// Called after each change of the disk, after what clients were told has been noted.
    var afterEachChange: ((SimulationRun, SimulatedFileSystem, SimulatedCall) -> Void)?

    var server: Server { host.server }
    var world: SimulatedWorld { host.world }

    /// - Parameters:
    ///   - disk: what an earlier life left, together with the states that its clients know.
    init(
        seed: UInt64, _ options: SimulationOptions, on disk: SimulatedFileSystem? = nil,
        from states: [ModelState]? = nil, latest: Int64 = 0,
        wrapping wrap: (SimulatedFileSystem) -> any FileSystem = { $0 },
        prepare: (SimulatedWorld) -> Void = { _ in },
        afterEachChange: ((SimulationRun, SimulatedFileSystem, SimulatedCall) -> Void)? = nil
    ) throws {
        self.seed = seed
        testSeed = seed
        self.options = options
        random = SeededRandom(seed: seed &+ 99)
        clients = (0..<options.clientCount).map {
            ModelClient(number: $0, from: states?[$0] ?? [:], mayRefuse: options.hasFaults)
        }
        saved = clients.map { _ in 0 }
        host = try SimulatedServer(
            seed: seed, on: disk, directives: options.allDirectives, wrapping: wrap,
            prepare: prepare)
        self.latest = latest
        self.afterEachChange = afterEachChange
        noteTime()
        world.fileSystem.afterEachCall = { [weak self] disk, call in
            guard let self, call.isChange else { return }
            self.listen()
            self.afterEachChange?(self, disk, call)
        }
        world.polling.whenIdle = { [weak self] timeout in self?.pass(upTo: timeout) }
        guard host.refusal == nil else { return }
        if random.chance(1, in: 2) { world.network.fragment(seed: random.next()) }
        for number in 0..<options.clientCount { connect(number) }
        guard options.hasOperator else { return }
        operatorConnection = try SimulatedConnection(
            to: .tcp(address: "127.0.0.1", port: SimulatedServer.port), over: world.network)
    }

    deinit { world.fileSystem.afterEachCall = nil }

    private func connect(_ number: Int) {
        do {
            let connection = try SimulatedConnection(
                to: .tcp(address: "127.0.0.1", port: SimulatedServer.port), over: world.network)
            connections.append(SimulationConnection(connection))
            connection.send(["SELECT", "\(Self.database(of: number))"].asRequest)
        } catch {
            complain("client \(number) cannot connect: \(error)")
        }
    }

    static func database(of client: Int) -> Int { client % SimulatedServer.databaseCount }

    // MARK: Steps

    /// Does one thing that the seed chooses.
    func step() {
        guard complaints.isEmpty else { return }
        event += 1
        switch random.index(below: 10) {
        case 0...2: speak()
        case 3...5: turn()
        case 6, 7: world.threads.stepOne(choosing: &random)
        case 8: pass(upTo: 200_000)
        default: listen()
        }
        if options.rewriteEvery > 0, random.chance(1, in: options.rewriteEvery) {
            server.persistence.isRewriteScheduled = true
        }
        if options.saveEvery > 0, random.chance(1, in: options.saveEvery) {
            server.persistence.isSaveScheduled = true
        }
        if random.chance(1, in: 15) { operate() }
        if options.hasJumps, random.chance(1, in: 20) { jump() }
        if options.hasHangs, random.chance(1, in: 12) { hang() }
    }

    /// Lets a thread get stuck, or all go on that are, seconds later.
    private func hang() {
        let workers = world.threads.workers
        guard !workers.isEmpty else { return }
        if random.chance(1, in: 2) {
            workers[random.index(below: workers.count)].setHanging(true)
        } else {
            releaseAll()
            world.clock.advance(microseconds: Int64(random.below(3_000_000)))
            noteTime()
        }
    }

    private func releaseAll() {
        for worker in world.threads.workers { worker.setHanging(false) }
    }

    private func turn() {
        let answered = clients.map(\.answered)
        let saves = server.persistence.saves
        server.turn()
        if server.persistence.saves > saves, let saving { saved = saving }
        if !server.isSaving {
            saving = nil
        } else if saving == nil {
            saving = answered
        }
    }

    /// Lets time pass, and perhaps another thread work.
    private func pass(upTo timeout: Int64) {
        let limit = timeout < 0 ? 200_000 : min(timeout, 200_000)
        if random.chance(1, in: 3) { world.threads.stepOne(choosing: &random) }
        if limit > 0 { world.clock.advance(microseconds: Int64(random.below(UInt64(limit) + 1))) }
        noteTime()
    }

    private func jump() {
        let seconds = Int64(random.below(40)) - 20
        world.clock.jumpWall(microseconds: seconds * 1_000_000)
        noteTime()
    }

    private func noteTime() {
        let now = world.clock.wallMilliseconds
        latest = max(latest, now)
        for index in clients.indices { clients[index].widen(to: now) }
    }

    /// Lets everything come to rest: every request is answered, every byte synchronized.
    func settle(turns: Int = 60) {
        releaseAll()
        for _ in 0..<turns where complaints.isEmpty {
            turn()
            world.threads.runUntilIdle(choosing: &random)
            world.clock.advance(microseconds: 100_000)
            noteTime()
            for connection in connections { connection.connection.flush() }
            listen()
        }
        for client in clients where client.pending > 0 {
            complain("client \(client.number) waits for \(client.pending) answers for ever")
        }
    }

    // MARK: Talking

    /// Lets the operator ask for something; only an unknown command would be a wrong answer.
    private func operate() {
        guard let operatorConnection else { return }
        let answer = String(decoding: operatorConnection.received(), as: UTF8.self)
        if answer.contains("unknown") || answer.contains("CONFIG SET failed") {
            complain("the operator was told \(answer)")
        }
        var requests = [
            ["BGREWRITEAOF"], ["CONFIG", "SET", "appendfsync", "always"],
            ["CONFIG", "SET", "appendfsync", "everysec"], ["CONFIG", "SET", "appendfsync", "no"],
            ["CONFIG", "SET", "aof-timestamp-enabled", "yes"],
        ]
        if options.switchesLog {
            requests += ["no", "yes", "yes"].map { ["CONFIG", "SET", "appendonly", $0] }
        }
        operatorConnection.send(requests[random.index(below: requests.count)].asRequest)
    }

    /// Lets a client send its next request.
    private func speak() {
        let number = random.index(below: clients.count)
        guard clients[number].pending < options.pendingMax else { return }
        let now = world.clock.wallMilliseconds
        var unit = ModelUnit(
            kind: kind(for: number), window: ModelWindow(now, latestEver: latest), sent: event)
        if case .read(_, let owner) = unit.kind { unit.ownerAnswered = clients[owner].answered }
        clients[number].ask(unit)
        connections[number].connection.send(unit.bytes)
    }

    /// Receives what the server has sent by now, and notes how far the disk is.
    func listen() {
        for number in connections.indices { hear(number) }
        // While the log is off, or waits for its base, nobody is promised anything new.
        guard let log = server.persistence.appendLog, log.phase == .on else { return }
        let isHealthy = log.health == .healthy
        if !isHealthy, options.fsync == .no { mayHaveHole = true }
        for index in clients.indices {
            clients[index].note(durableTo: log.durable.value, isHealthy: isHealthy)
        }
    }

    private func hear(_ number: Int) {
        let wasRefused = connections[number].isRefused
        connections[number].receive()
        if connections[number].isRefused, !wasRefused {
            complain("client \(number) could not select its database")
        }
        while clients[number].pending > 0 {
            let unit = clients[number].units[clients[number].answered]
            guard let replies = connections[number].take(unit.requests.count) else { return }
            event += 1
            let reply = unit.reply(of: replies)
            let isPossible = clients[number].hear(
                reply, at: event, logEnd: server.persistence.appendLog?.appended.value ?? 0)
            if !isPossible {
                complain("client \(number) was told \(replies), which no history explains")
            }
            if case .read(let key, let owner) = unit.kind, reply.errorWord != "MISCONF",
                !clients[owner].show(key, as: reply, from: unit.ownerAnswered, in: unit.window)
            {
                complain("client \(number) read \(reply) in \(key): never written")
            }
        }
    }

    /// What `INFO persistence` tells somebody who connects now.
    func info() throws -> String {
        let connection = try SimulatedConnection(
            to: .tcp(address: "127.0.0.1", port: SimulatedServer.port), over: world.network)
        defer { connection.close() }
        connection.send(["INFO", "persistence"].asRequest)
        var text: [UInt8] = []
        for _ in 0..<2000 where !text.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            connection.flush()
            turn()
            text += connection.received()
            if String(decoding: text, as: UTF8.self).contains("aof_state_since_ms") { break }
        }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Complaints

    func complain(_ text: String) {
        complaints.append(text)
        guard complaints.count == 1, !isCanary else { return }
        Issue.record(Comment(rawValue: report(text)))
    }
}

/// A client's end of a connection, with the replies that it has not looked at yet.
struct SimulationConnection {
    let connection: SimulatedConnection
    private var bytes: [UInt8] = []
    private var replies: [ModelReply] = []
    private var isSelected = false
    private(set) var isRefused = false

    init(_ connection: SimulatedConnection) { self.connection = connection }

    mutating func receive() {
        bytes += connection.received()
        while let reply = ModelReply.take(from: &bytes) { replies.append(reply) }
        guard !isSelected, !replies.isEmpty else { return }
        isSelected = true
        isRefused = replies.removeFirst() != .simple("OK")
    }

    /// Takes the replies to so many requests; nil when they are not all there.
    mutating func take(_ count: Int) -> [ModelReply]? {
        guard replies.count >= count else { return nil }
        defer { replies.removeFirst(count) }
        return Array(replies.prefix(count))
    }
}
