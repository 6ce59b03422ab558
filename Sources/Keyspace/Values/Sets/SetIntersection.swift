import Bytes
import Structures

/// The members that all of some sets have.
public struct SetIntersection {
    /// The smallest first, since its members are looked for in the others.
    private let sets: [SetContents]

    /// Nothing when one of the sets is missing, or there is none: then there are no such members.
    public init?(_ sets: [SetContents?]) {
        let present = sets.compactMap { $0 }
        guard present.count == sets.count, !present.isEmpty else { return nil }
        // Sorting keeps the order of equals, by which the encoding of what is stored follows Redis.
        self.sets = present.sorted { $0.count < $1.count }
    }

    /// There are no more members than this.
    public var countMax: Int { sets[0].count }

    /// Visits the members until `visit` returns false.
    public func forEach(_ visit: (StringValue) -> Bool) {
        let smallest = sets[0]
        // A set that was named twice has its own members.
        let others = sets.dropFirst().filter { $0 != smallest }
        guard let other = others.first else { return smallest.walk(while: visit) }
        if others.count == 1 { return forEach(ofBoth: smallest, other, visit) }
        smallest.walk { member in
            let key = TableKey(member)
            for other in others where !other.contains(key) { return true }
            return visit(member)
        }
    }

    private func forEach(
        ofBoth smaller: SetContents, _ larger: SetContents, _ visit: (StringValue) -> Bool
    ) {
        guard let table = larger.table else {
            return smaller.walk { larger.contains($0) ? visit($0) : true }
        }
        // Two tables are in the same order, that of the hash: the pages that are asked for come one
        // after the other, and the processor has them ready.
        smaller.walk { table.contains(TableKey($0)) ? visit($0) : true }
    }

    /// The intersection as a set made aside, in the encoding that Redis stores.
    public func made(limits: SetLimits) -> SetValue {
        var made = sets[0].value.encoding == .intset ? SetValue.makeIntset() : .makeListpack()
        var hasOnlyIntegers = true
        forEach { member in
            if case .bytes = member { hasOnlyIntegers = false }
            _ = made.add(member, limits: limits)
            return true
        }
        if hasOnlyIntegers { made.convertToIntset(limits: limits) }
        made.fit()
        return made
    }
}
