import Platform
import Synchronization

// Every state in which a loss of power may leave the disk, one after the other.
//
// A file with changes that were not synchronized may keep any beginning of them; with a harsh model
// also its new size with zeros or garbage behind that beginning, and any set of the sectors that
// changed. Changes of names survive as any set, in an ordered model as any beginning. What becomes
// of one file says nothing about another or about names, so all combinations are permitted.
//
// There are more of them than anybody can look at: beginnings of long writes are cut at the places
// that matter and at some between, and where the combinations exceed the limit, each file and the
// names go through all of theirs while the others keep nothing, or everything.

extension SimulatedFileSystem {
    /// Shows each state in which power may leave the disk now.
    ///
    /// - Parameter countMax: the number of combinations up to which all are shown.
    /// - Returns: how many were shown.
    @discardableResult
    public func forEachPowerLoss(
        _ model: PowerLossModel = .harsh, countMax: Int = 1000,
        _ body: (SimulatedFileSystem) -> Void
    ) -> Int {
        let disk = state.withLock { $0 }
        let states = PowerLossStates(of: disk, model, countMax: countMax)
        for choice in states.choices {
            body(SimulatedFileSystem(states.survivor(of: disk, choice), clock: clock))
        }
        return states.choices.count
    }
}

/// What each changed file and the changed names can become, and the combinations to look at.
struct PowerLossStates {
    /// For each file with changes, in the order of creation.
    private let survivals: [[DataSurvival]]
    private let names: [[Bool]]
    /// For each combination, one place per file and one for the names.
    private(set) var choices: [[Int]] = []

    init(of disk: DiskState, _ model: PowerLossModel, countMax: Int) {
        survivals = disk.files.filter { !$0.isSynchronized }.map { $0.survivals(in: model) }
        names = Self.names(count: disk.operations.count, model)
        let counts = survivals.map(\.count) + [names.count]
        var total = 1
        for count in counts where total <= countMax { total *= count }
        choices = total <= countMax ? Self.all(counts) : Self.oneByOne(counts)
    }

    func survivor(of disk: DiskState, _ choice: [Int]) -> DiskState {
        var file = 0
        var name = 0
        let kept = names[choice[choice.count - 1]]
        return disk.afterPowerLoss(
            of: { _ in
                defer { file += 1 }
                return survivals[file][choice[file]]
            },
            names: { _ in
                defer { name += 1 }
                return kept[name]
            })
    }

    private static func all(_ counts: [Int]) -> [[Int]] {
        counts.reduce([[]]) { choices, count in
            choices.flatMap { choice in (0..<count).map { choice + [$0] } }
        }
    }

    /// Each part in all its ways, the others in their first (nothing) and in their last (all).
    private static func oneByOne(_ counts: [Int]) -> [[Int]] {
        let nothing = counts.map { _ in 0 }
        let everything = counts.map { $0 - 1 }
        var choices = [nothing, everything]
        for (part, count) in counts.enumerated() {
            for place in 0..<count {
                for others in [nothing, everything] where others[part] != place {
                    var choice = others
                    choice[part] = place
                    choices.append(choice)
                }
            }
        }
        return choices
    }

    /// The most changes of names of which every set is looked at.
    private static let namesMax = 6

    private static func names(count: Int, _ model: PowerLossModel) -> [[Bool]] {
        if model.reordersNames, count <= namesMax {
            return (0..<(1 << count)).map { set in (0..<count).map { set >> $0 & 1 == 1 } }
        }
        var kept = (0...count).map { prefix in (0..<count).map { $0 < prefix } }
        if model.reordersNames {
            // One survives alone, or is lost alone.
            for index in 0..<count {
                kept.insert((0..<count).map { $0 == index }, at: 1)
                kept.insert((0..<count).map { $0 != index }, at: 1)
            }
        }
        return kept
    }
}

extension DiskFile {
    /// Beginnings of so many bytes are all looked at.
    private static let everyPrefixMax = 96
    /// The most changed sectors of which every set is looked at.
    private static let sectorsMax = 4

    /// What the changes may become: nothing first, everything last.
    func survivals(in model: PowerLossModel) -> [DataSurvival] {
        let cuts = cuts
        var survivals: [DataSurvival] = [.none] + cuts.map { .prefix($0) }
        if model.leavesZeros { survivals += ([0] + cuts).map { .zerosAfter($0) } }
        if model.leavesGarbage {
            survivals += ([0] + cuts).map { .garbageAfter($0, seed: UInt64($0)) }
        }
        if model.tearsSectors {
            let count = changedSectors.count
            let sets = min(count, Self.sectorsMax)
            for set in 1..<max(2, UInt64(1) << sets) {
                survivals.append(.chosenSectors(set, hasNewSize: true))
                survivals.append(.chosenSectors(set, hasNewSize: false))
            }
        }
        return survivals + [.all]
    }

    /// How many of the unsynchronized bytes may be the last: all numbers when they are few, else
    /// those around the ends of writes and sectors.
    private var cuts: [Int] {
        let size = unsynchronizedBytes
        guard size > Self.everyPrefixMax else { return Array(1..<max(1, size)) }
        var cuts: Set<Int> = [1, size / 2, size - 1]
        for end in writeEnds {
            for cut in [end - 1, end, end + 1, end + 69] { cuts.insert(cut) }
        }
        for sector in stride(from: 512, to: size, by: 512) { cuts.insert(sector) }
        return cuts.filter { $0 > 0 && $0 < size }.sorted()
    }
}
