import Bytes
import Configuration
import Persistence
import Platform
import PlatformSimulation
import Testing

/// A server that is nothing but a log, driven by a seed: it appends, ends turns, lets the threads
/// step and time pass, rewrites, and notes what its clients would have been told.
final class AppendLogRun {
    let world: SimulatedWorld
    let settings: RecoverySettings
    let log: AppendLog
    var random: SeededRandom
    /// The place behind each number.
    var offsets: [LogOffset] = []
    /// The counts of numbers at which groups begin and end.
    var groups: [Range<Int>] = []
    /// How many numbers clients know to be safe, from the loss of power and from a kill.
    private(set) var durableCount = 0
    private(set) var promisedCount = 0
    private(set) var snapshot: Int?
    private(set) var rewrites = 0
    var mayRewrite = true
    private var isRewriteNeeded = false
    private(set) var mayHaveHole = false
    /// Whether the run is meant to break its promises, and how, when the disk is not to blame.
    var isCanary = false
    var answersBeforeTheSync = false
    var reusesOffsets = false
    private(set) var complaints: [String] = []

    init(
        seed: UInt64, disk: SimulatedFileSystem? = nil, settings: RecoverySettings,
        recovery: Recovery = Recovery(),
        wrapping wrap: (SimulatedFileSystem) -> any FileSystem = { $0 }
    ) throws {
        world = SimulatedWorld(seed: seed, fileSystem: disk)
        if disk == nil { world.fileSystem.place("/data/keep", []) }
        random = SeededRandom(seed: seed &+ 77)
        self.settings = settings
        let recovered =
            recovery.recovered ?? RecoveredLog(directory: settings.logDirectory)
        var doors = world.world
        doors.fileSystem = wrap(world.fileSystem)
        log = AppendLog(
            doors, settings: settings.log, recovered: recovered, wake: {}, notify: { _ in })
        offsets = recovery.numbers.map { _ in recovered.end }
        durableCount = offsets.count
        promisedCount = offsets.count
    }

    func open() throws {
        var base: String?
        if log.needsBase {
            base = "/data/temp-rewriteaof-bg-1.aof"
            try writeBase(offsets.count, base!)
        }
        try log.open(base: base, isRDB: false)
        note()
    }

    private func writeBase(_ count: Int, _ path: String) throws {
        try AppendLogModel.base(count).withSlice { bytes in
            let file = try world.fileSystem.open(path, .replace)
            try file.writeAll(bytes)
            try file.synchronize()
            file.close()
        }
    }

    /// Notes what clients have been told by now.
    func note() {
        let durable = answersBeforeTheSync ? log.appended : log.durable
        while durableCount < offsets.count, offsets[durableCount] <= durable {
            durableCount += 1
        }
        while promisedCount < offsets.count, offsets[promisedCount] <= log.promised {
            promisedCount += 1
        }
    }

    /// Under `no`, a call that failed may be the sync of what nobody has kept.
    func noteFailure() {
        if settings.log.fsync == .no, log.health != .healthy { mayHaveHole = true }
    }

    func append() {
        let number = offsets.count
        let end = AppendLogModel.record(number).withSlice {
            log.append($0, database: AppendLogModel.database(of: number))
        }
        offsets.append(reusesOffsets ? offsets.last ?? end : end)
    }

    func appendGroup(_ count: Int) {
        let start = offsets.count
        log.beginGroup(database: AppendLogModel.database(of: start))
        for _ in 0..<count { append() }
        let end = log.endGroup()
        for index in start..<offsets.count { offsets[index] = end }
        groups.append(start..<offsets.count)
    }

    func endTurn(everyActiveClientWaits: Bool? = nil) throws {
        log.endTurn(
            everyActiveClientWaits: everyActiveClientWaits ?? random.chance(1, in: 2))
        while let event = log.nextEvent() {
            switch event {
            case .beginSnapshot: snapshot = offsets.count
            case .rewriteFinished: rewrites += 1
            case .rewriteFailed: snapshot = nil
            case .rewriteNeeded: isRewriteNeeded = true
            }
        }
        if isRewriteNeeded, !log.isRewriting, log.health == .healthy {
            isRewriteNeeded = false
            log.requestRewrite()
        }
        noteFailure()
        note()
    }

    /// One turn of everything, as the seed says.
    func step() throws {
        if log.phase == .on, !log.isOverLimit {
            for _ in 0..<random.index(below: 4) {
                if random.chance(1, in: 6) {
                    appendGroup(1 + random.index(below: 3))
                } else {
                    append()
                }
            }
        }
        if mayRewrite, !log.isRewriting, random.chance(1, in: 25) { log.requestRewrite() }
        try endTurn()
        if let count = snapshot, random.chance(1, in: 4) { try finishSnapshot(count) }
        for _ in 0..<random.index(below: 4) { world.threads.stepOne(choosing: &random) }
        world.clock.advance(microseconds: Int64(random.below(400_000)))
        try endTurn()
    }

    private func finishSnapshot(_ count: Int) throws {
        snapshot = nil
        let path = "/data/temp-rewriteaof-bg-1.aof"
        do {
            try writeBase(count, path)
            log.finishRewrite(base: path, isRDB: false)
        } catch {
            log.cancelRewrite()
        }
    }

    /// Lets everything come to rest.
    func settle() throws {
        mayRewrite = false
        for _ in 0..<200 {
            try endTurn(everyActiveClientWaits: false)
            if let count = snapshot { try finishSnapshot(count) }
            world.threads.runUntilIdle(choosing: &random)
            world.clock.advance(microseconds: 200_000)
        }
        try endTurn()
    }

    /// Recovers from a disk as a crash has left it, and compares with what clients were told.
    func check(_ disk: SimulatedFileSystem, atLeast count: Int, _ what: String) {
        do {
            let found = try Recovery.start(disk, settings, isApplying: false)
            if mayHaveHole, found.refusal != nil { return }
            if let refusal = found.refusal { complain("\(what): refused: \(refusal.logLines)") }
            if let complaint = found.complaint { complain("\(what): \(complaint)") }
            if found.numbers.count < count {
                complain("\(what): \(found.numbers.count) of \(count) promised numbers")
            }
            if found.numbers.count > offsets.count {
                complain("\(what): \(found.numbers.count) numbers, \(offsets.count) written")
            }
            for group in groups where group.contains(found.numbers.count) {
                guard found.numbers.count > group.lowerBound else { continue }
                complain("\(what): a group is torn at \(found.numbers.count)")
            }
        } catch {
            complain("\(what): \(error)")
        }
    }

    private func complain(_ text: String) {
        complaints.append(text)
        if !isCanary { Issue.record(Comment(rawValue: text)) }
    }
}
