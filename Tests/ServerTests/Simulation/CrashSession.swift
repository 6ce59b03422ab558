import Configuration
import Platform
import PlatformSimulation
import Testing

@testable import Server

/// A server and its clients, while a crash may come at any moment: after every call that changes the
/// disk, a server is started on what a crash would leave there. What clients send, and what has to be
/// found then, is the subclass's.
class CrashSession {
    let host: SimulatedServer
    let connections: [SimulatedConnection]
    var random: SeededRandom
    /// Draws what a crash leaves: another one, since it draws while a step is drawing.
    private var crashes: SeededRandom
    private(set) var complaints: [String] = []
    private(set) var judged = 0

    /// - Parameter isCanary: the disk lies from some moment on, which has to be noticed.
    required init(seed: UInt64, _ fsync: FsyncPolicy, isCanary: Bool) throws {
        random = SeededRandom(seed: seed)
        crashes = SeededRandom(seed: seed ^ 1)
        let host = try SimulatedServer(
            seed: seed,
            directives: [
                ["appendonly", "yes"], ["appendfsync", fsync.rawValue], ["save", ""],
            ] + Self.directives)
        self.host = host
        connections = try (0..<Self.clientCount).map { _ in
            try SimulatedConnection(
                to: .tcp(address: "127.0.0.1", port: SimulatedServer.port),
                over: host.world.network)
        }
        begin()
        if isCanary {
            host.world.fileSystem.inject(
                Fault(.lie, on: [.synchronize], path: "incr", passing: 6, times: .max))
        }
        host.world.fileSystem.afterEachCall = { [unowned self] disk, call in
            guard call.isChange, self.complaints.isEmpty else { return }
            self.listen()
            self.judge(disk.afterProcessDeath(), "a kill at \(call)")
            guard fsync == .always else { return }
            self.judge(disk.afterPowerLoss(), "a loss of power at \(call)")
            self.judge(
                disk.afterPowerLoss(choosing: &self.crashes), "a loss of power at \(call)")
        }
    }

    /// Plays so many steps, or as many as it takes until something is wrong.
    static func played(
        seed: UInt64, _ fsync: FsyncPolicy, isCanary: Bool = false, steps: Int
    ) throws -> Self {
        let session = try Self(seed: seed, fsync, isCanary: isCanary)
        for _ in 0..<steps where session.complaints.isEmpty { session.step() }
        session.host.world.fileSystem.afterEachCall = nil
        return session
    }

    /// Whether a disk that lies is noticed under one of some seeds.
    static func noticesLies(steps: Int) throws -> Bool {
        for seed in 1...20 as ClosedRange<UInt64> {
            let session = try played(seed: seed, .always, isCanary: true, steps: steps)
            if !session.complaints.isEmpty { return true }
        }
        return false
    }

    private func step() {
        switch random.index(below: 6) {
        case 0...2: act()
        case 3: host.world.threads.stepOne(choosing: &random)
        default: host.server.turn()
        }
        host.world.clock.advance(microseconds: Int64(random.below(100_000)))
        listen()
    }

    func complain(_ text: String) { complaints.append(text) }

    /// Starts a server on what a crash has left, and compares.
    private func judge(_ disk: SimulatedFileSystem, _ what: String) {
        judged += 1
        guard
            let next = try? SimulatedServer(
                seed: 1, on: disk,
                directives: [["appendonly", "yes"], ["save", ""], ["loglevel", "warning"]]),
            next.refusal == nil
        else { return complain("\(what): no start") }
        if let complaint = complaint(about: next.contents[0]) {
            complain("\(what): \(complaint)")
        }
    }

    // MARK: The subclass's part

    class var clientCount: Int { 1 }
    /// What the server is told besides, as on the command line without the dashes.
    class var directives: [[String]] { [] }
    /// Sends what comes before the first moment at which a crash is judged.
    func begin() {}
    /// Sends something over one of the connections.
    func act() {}
    /// Takes note of what clients have been told meanwhile.
    func listen() {}
    /// What is wrong with what a crash has left; nothing when it is as it has to be.
    func complaint(about contents: [String: FoundValue]) -> String? { nil }
}
