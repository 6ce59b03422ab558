import Structures

/// The members that any of some sets has.
public struct SetUnion {
    private let sets: [SetContents]

    /// Missing sets have no members.
    public init(_ sets: [SetContents?]) { self.sets = sets.compactMap { $0 } }

    /// The union as a set made aside.
    ///
    /// - Parameter isStored: whether its encoding is to be the one that Redis stores; else it is the
    ///   one that is made fastest.
    public func made(limits: SetLimits, isStored: Bool) -> SetValue {
        let hasOnlyIntsets = sets.allSatisfy { $0.value.encoding == .intset }
        var made = isStored || hasOnlyIntsets ? SetValue.makeIntset() : .makeTable()
        for set in sets {
            set.forEach { _ = made.add($0, limits: limits) }
        }
        return made
    }
}

/// The members of the first of some sets that no other one has.
public struct SetDifference {
    private let first: SetContents?
    private let others: [SetContents]

    /// Missing sets have no members.
    public init(_ sets: [SetContents?]) {
        first = sets[0]
        others = sets.dropFirst().compactMap { $0 }
    }

    /// The difference as a set made aside, in the encoding that Redis stores.
    public func made(limits: SetLimits) -> SetValue {
        var made = SetValue.makeIntset()
        guard let first, !others.contains(first) else { return made }
        if asksOthers(of: first) {
            let others = others.sorted { $0.count > $1.count }
            first.forEach { member in
                for other in others where other.contains(member) { return }
                _ = made.add(member, limits: limits)
            }
        } else {
            first.forEach { _ = made.add($0, limits: limits) }
            for other in others {
                guard !made.isEmpty else { break }
                other.forEach { _ = made.remove($0) }
            }
        }
        return made
    }

    /// Whether to look for each member in all other sets, as opposed to taking their members out
    /// one by one: Redis's estimate of what is less work, on which the encoding depends.
    private func asksOthers(of first: SetContents) -> Bool {
        let asking = first.count * (others.count + 1) / 2
        let takingOut = others.reduce(first.count) { $0 + $1.count }
        return asking <= takingOut
    }
}
