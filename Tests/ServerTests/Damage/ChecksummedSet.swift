import Platform
import PlatformSimulation

@testable import Server

/// The files of a small data set with values of every type, all of them with checksums, and what
/// was promised of it.
struct ChecksummedSet {
    enum Kind: CaseIterable { case log, dump }

    /// What a start made of a set.
    enum Outcome: Equatable {
        /// It serves exactly what was promised.
        case whole
        /// It does not start, and says so.
        case refused(String)
        /// It serves an earlier state and has said that it cut the end, which it has kept.
        case cut
        /// It serves an earlier state and has said nothing: the log ends where a batch ends.
        case beginning
        /// It serves something else, and has said nothing.
        case silent
    }

    let kind: Kind
    /// By path; what is not data is left out.
    private(set) var files: [String: [UInt8]] = [:]
    /// The file that was written last.
    let last = "/data/appendonlydir/appendonly.aof.3.incr.aof"
    /// What was there after each command.
    private(set) var states: [ExactContents] = []

    private static let first: [[String]] = [
        ["SET", "text", "hello"], ["SET", "number", "12345"], ["SELECT", "1"],
        ["SET", "fleeting", "x", "PXAT", "4102444800000"], ["SELECT", "0"],
        ["SETBIT", "bits", "70", "1"], ["PFADD", "visitors", "a", "b", "c"],
        ["RPUSH", "list", "one", "2", "three"], ["SADD", "numbers", "1", "2", "70000"],
        ["SADD", "words", "a", "b"], ["HSET", "hash", "f", "v", "g", "7"],
        ["HPEXPIREAT", "hash", "4102444800000", "FIELDS", "1", "f"],
        ["ZADD", "scores", "1.5", "m", "-2", "n"],
        ["GEOADD", "places", "13.361389", "38.115556", "Palermo"],
        ["XADD", "stream", "1-1", "f", "v"], ["XGROUP", "CREATE", "stream", "g", "0"],
        ["XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "STREAMS", "stream", ">"],
        ["SET", "long", String(repeating: "abc", count: 30)],
    ]
    private static let second: [[String]] = [
        ["APPEND", "text", "!"], ["INCR", "number"], ["LPOP", "list"],
        ["XADD", "stream", "2-1", "f", "w"],
        ["MULTI"], ["SET", "pair", "1"], ["ZINCRBY", "scores", "1", "m"], ["EXEC"],
    ]
    private static let third: [[String]] = [
        ["DEL", "words"], ["SADD", "numbers", "x"], ["SET", "last", "1"],
    ]

    /// - Parameter isClosed: whether the server was shut down; else it was killed.
    init(_ kind: Kind, isClosed: Bool) throws {
        self.kind = kind
        let client = try Conversation(
            ["appendonly", kind == .log ? "yes" : "no"], ["appendfsync", "always"])
        states.append(ExactContents(client.simulated))
        follow(client, Self.first)
        if kind == .log {
            _ = client.ask("BGREWRITEAOF")
            _ = client.wait { client.info("aof_rewrite_in_progress") == "0" }
            follow(client, Self.second)
            // A rewrite that fails has begun another increment.
            client.disk.inject(
                Fault(
                    .fail(SystemCode.inputOutput), on: [.write], path: "temp-rewrite", times: .max))
            _ = client.ask("BGREWRITEAOF")
            _ = client.wait { client.info("aof_rewrite_in_progress") == "0" }
            client.disk.clearFaults()
            follow(client, Self.third)
        } else {
            follow(client, Self.second + Self.third)
            _ = client.ask("SAVE")
        }
        if isClosed { _ = client.server.shutDown(.noSave) }
        let disk = client.disk.afterPowerLoss()
        for path in disk.paths where !path.hasSuffix("/keep") && !path.contains(".lock") {
            files[path] = disk.peek(path)
        }
    }

    private mutating func follow(_ client: Conversation, _ commands: [[String]]) {
        for words in commands {
            _ = client.ask(words)
            states.append(ExactContents(client.simulated))
        }
    }

    /// Starts a server on the set with one file changed, or missing.
    func start(with path: String, as bytes: [UInt8]?) throws -> Outcome {
        var changed = files
        changed[path] = bytes
        return try start(on: changed)
    }

    func start(on files: [String: [UInt8]]) throws -> Outcome {
        let disk = SimulatedFileSystem()
        disk.place("/data/keep", [])
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) { disk.place(path, bytes) }
        let next = try SimulatedServer(
            seed: 7, on: disk,
            directives: [
                ["appendonly", kind == .log ? "yes" : "no"], ["appendfsync", "always"],
                ["save", ""], ["loglevel", "warning"],
            ])
        if let refusal = next.refusal { return .refused(refusal) }
        let found = ExactContents(next)
        if found == states.last { return .whole }
        let isKept = disk.paths.contains { $0.contains(".cut-") }
        let isTold = next.output.contains("Truncating the AOF")
        guard states.contains(found) else { return .silent }
        return isKept && isTold ? .cut : .beginning
    }
}
