import Bytes
import Configuration
import Keyspace
import Persistence
import Platform
import PlatformSimulation
import Tools

// Files on a disk: what the server's start and the check tools make of them.

extension FuzzTarget {
    private static let directory = "/data/appendonlydir"

    /// A disk with a log set of which the increment is given.
    private static func disk(_ bytes: [UInt8]) -> SimulatedFileSystem {
        let disk = SimulatedFileSystem()
        disk.place(
            "\(directory)/appendonly.aof.manifest",
            Array("file appendonly.aof.1.incr.aof seq 1 type i\n".utf8))
        disk.place("\(directory)/appendonly.aof.1.incr.aof", bytes)
        return disk
    }

    private static var settings: RecoverySettings {
        var log = Settings().appendOnly
        log.isEnabled = true
        return RecoverySettings(
            log: log, directory: "/data", dumpName: "dump.rdb", verifiesDumps: false)
    }

    /// An increment: refused, or read to where it holds; what was put in order holds as a whole.
    static func takeLog(_ bytes: [UInt8]) {
        let disk = disk(bytes)
        guard let first = judge(disk) else { return }
        guard
            (try? first.apply(disk, settings, at: 1_700_000_000, notify: { _ in })) != nil
        else { preconditionFailure("a disk without faults refused to be put in order") }
        guard let second = judge(disk) else { preconditionFailure("refused after it was accepted") }
        precondition(second.totalSize == first.totalSize, "the second start finds something else")
        precondition(second.files.allSatisfy { $0.validSize == $0.size }, "cut twice")
    }

    /// What is to be loaded, read to its end; nothing when it is refused.
    private static func judge(_ disk: SimulatedFileSystem) -> LogPlan? {
        guard case .loadLog(let plan)? = (try? Judge.examine(disk, settings))?.verdict else {
            return nil
        }
        var loader = LogLoader(plan, disk)
        while let part = try? loader.next() {
            if case .end = part { break }
        }
        return plan
    }

    /// The check tools, over the same bytes as a dump, a log and the list of a set.
    static func takeChecks(_ bytes: [UInt8]) {
        for path in ["/data/dump.rdb", "/data/appendonly.aof", "/data/appendonly.aof.manifest"] {
            let disk = SimulatedFileSystem()
            disk.place(path, bytes)
            let simulated = SimulatedWorld(seed: 1, fileSystem: disk)
            for options in [[], ["--json"], ["--report"], ["--to-json"], ["--to-commands"]] {
                _ = RDBCheckCommand.run(options + [path], in: simulated.world)
            }
            for options in [[], ["--json"]] {
                _ = AOFCheckCommand.run(options + [path], in: simulated.world)
            }
            _ = RDBCheckCommand.run(["--salvage", "/data/saved.rdb", path], in: simulated.world)
            _ = AOFCheckCommand.run(["--salvage", "/data/saved", path], in: simulated.world)
            precondition(disk.peek(path) == bytes, "looking changes nothing")
            if let saved = disk.peek("/data/saved.rdb") { requireSound(saved) }
            _ = AOFCheckCommand.run(["--fix", "--yes", path], in: simulated.world)
        }
    }

    /// What was brought back is a dump that loads.
    private static func requireSound(_ bytes: [UInt8]) {
        bytes.withSlice { bytes in
            let summary = try? RDBFile.examine(bytes, depth: .contents)
            precondition(summary != nil, "what was brought back is not sound")
        }
    }
}
