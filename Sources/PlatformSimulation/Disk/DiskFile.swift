import Platform

/// A file of the simulated disk: what readers see, what is durable, and the changes in between.
struct DiskFile {
    /// A change since the last synchronization.
    enum Change {
        case write([UInt8], offset: Int)
        case truncate(Int)
    }

    private static let sectorSize = 512

    var permissions: UInt16 = 0o644
    var modifiedMilliseconds: Int64 = 0
    /// The number of names, and of handles: without either the file no longer takes room.
    var linkCount = 0
    var openCount = 0

    private(set) var content: [UInt8] = []
    private(set) var durable: [UInt8] = []
    private var changes: [Change] = []
    private(set) var unsynchronizedBytes = 0

    var isSynchronized: Bool { changes.isEmpty }

    init() {}

    init(durable bytes: [UInt8]) {
        content = bytes
        durable = bytes
    }

    // MARK: Changes

    mutating func write(_ bytes: [UInt8], at offset: Int) {
        let change = Change.write(bytes, offset: offset)
        Self.apply(change, to: &content)
        changes.append(change)
        unsynchronizedBytes += bytes.count
    }

    mutating func truncate(to size: Int) {
        guard size != content.count else { return }
        Self.apply(.truncate(size), to: &content)
        changes.append(.truncate(size))
    }

    mutating func synchronize() {
        for change in changes { Self.apply(change, to: &durable) }
        forgetChanges()
    }

    /// Makes the first bytes durable and forgets that the others are not.
    mutating func failToSynchronize(after count: Int) {
        durable = surviving(.prefix(count))
        forgetChanges()
    }

    private mutating func forgetChanges() {
        changes = []
        unsynchronizedBytes = 0
    }

    mutating func damage(at offset: Int, flipping mask: UInt8) -> Bool {
        guard offset >= 0, offset < content.count else { return false }
        content[offset] ^= mask
        if offset < durable.count { durable[offset] ^= mask }
        return true
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .truncate(let size): resize(&bytes, to: size)
        case .write(let new, let offset):
            if bytes.count < offset + new.count {
                resize(&bytes, to: offset)
                bytes += new
            } else {
                bytes.replaceSubrange(offset..<(offset + new.count), with: new)
            }
        }
    }

    /// Cuts, or fills up with zeros as a hole reads.
    private static func resize(_ bytes: inout [UInt8], to size: Int) {
        if size < bytes.count {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        }
    }

    // MARK: Power

    /// The bytes that a restart finds.
    func surviving(_ survival: DataSurvival) -> [UInt8] {
        switch survival {
        case .none: return durable
        case .all: return afterAllChanges
        case .prefix(let count): return afterChanges(upTo: count)
        case .zerosAfter(let count):
            return afterChanges(upTo: count, filling: { 0 })
        case .garbageAfter(let count, let seed):
            var random = SeededRandom(seed: seed)
            return afterChanges(upTo: count, filling: { UInt8(truncatingIfNeeded: random.next()) })
        case .sectors(let seed):
            var random = SeededRandom(seed: seed)
            let hasNewSize = random.chance(1, in: 2)
            return afterTearing(hasNewSize: hasNewSize) { _ in random.chance(1, in: 2) }
        case .chosenSectors(let set, let hasNewSize):
            let chosen = changedSectors.enumerated().filter { set >> UInt64($0.offset) & 1 == 1 }
            let starts = Set(chosen.map(\.element))
            return afterTearing(hasNewSize: hasNewSize) { starts.contains($0) }
        }
    }

    /// How many bytes had been written when each write ended.
    var writeEnds: [Int] {
        var ends: [Int] = []
        for case .write(let bytes, _) in changes { ends.append((ends.last ?? 0) + bytes.count) }
        return ends
    }

    /// Where the sectors begin that the changes have changed.
    var changedSectors: [Int] {
        let new = afterAllChanges
        var old = durable
        Self.resize(&old, to: new.count)
        return stride(from: 0, to: new.count, by: Self.sectorSize).filter { start in
            let sector = start..<min(start + Self.sectorSize, new.count)
            return old[sector] != new[sector]
        }
    }

    private var afterAllChanges: [UInt8] {
        var bytes = durable
        for change in changes { Self.apply(change, to: &bytes) }
        return bytes
    }

    private func afterChanges(upTo count: Int) -> [UInt8] {
        var bytes = durable
        var rest = count
        for change in changes {
            switch change {
            case .truncate: Self.apply(change, to: &bytes)
            case .write(let new, let offset):
                if rest <= 0 { return bytes }
                Self.apply(.write(Array(new.prefix(rest)), offset: offset), to: &bytes)
                rest -= new.count
            }
        }
        return bytes
    }

    private func afterChanges(upTo count: Int, filling fill: () -> UInt8) -> [UInt8] {
        var bytes = afterChanges(upTo: count)
        let size = afterAllChanges.count
        while bytes.count < size { bytes.append(fill()) }
        return bytes
    }

    /// Takes each sector from before or from after the changes. The size is data of the
    /// directory's: it is the old one or the new one.
    private func afterTearing(hasNewSize: Bool, _ isNew: (Int) -> Bool) -> [UInt8] {
        let new = afterAllChanges
        var bytes = durable
        Self.resize(&bytes, to: hasNewSize ? new.count : min(durable.count, new.count))
        for start in stride(from: 0, to: bytes.count, by: Self.sectorSize) where isNew(start) {
            let end = min(start + Self.sectorSize, bytes.count)
            bytes.replaceSubrange(start..<end, with: new[start..<end])
        }
        return bytes
    }

    /// What the changes may become, for a model and a seed.
    func survival(
        in model: PowerLossModel, choosing random: inout SeededRandom
    ) -> DataSurvival {
        let count = random.index(below: unsynchronizedBytes + 1)
        switch random.index(below: 10) {
        case 0, 1: return .none
        case 2, 3: return .all
        case 4 where model.tearsSectors: return .sectors(seed: random.next())
        case 5 where model.leavesZeros: return .zerosAfter(count)
        case 6 where model.leavesGarbage: return .garbageAfter(count, seed: random.next())
        default: return .prefix(count)
        }
    }
}
