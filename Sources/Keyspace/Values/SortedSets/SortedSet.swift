import Bytes
import Configuration
import Structures

/// A sorted set, in either encoding: of a key, frozen for a snapshot, or made aside.
///
/// Elements stand in the order of their scores, equal ones in the order of their members; the rank of
/// the first is 0. A score is never NaN. A handle: what changes the set through one makes other
/// handles of it invalid. Members and elements are lent until the set changes.
public struct SortedSet {
    public private(set) var value: StoredValue
    /// Whose value it is, so that it follows when the root moves.
    private let entry: Entry?

    /// The sorted set of a key.
    public init(_ entry: Entry) {
        self.entry = entry
        self.value = entry.value
    }

    /// A set to be read, or one that was made aside.
    public init(_ value: StoredValue) {
        self.entry = nil
        self.value = value
    }

    /// An empty set of its own; who asked for it stores it or frees it.
    ///
    /// - Parameters:
    ///   - count: expected elements.
    ///   - memberSize: bytes of the first member, as far as it is known.
    public static func make(
        count: Int, memberSize: Int = 0, _ settings: EncodingSettings
    ) -> SortedSet {
        let isSmall =
            count <= settings.sortedSetEntriesMax && memberSize <= settings.sortedSetValueMax
        return SortedSet(
            isSmall
                ? StoredValue(PackedRun.make(), .sortedSet)
                : StoredValue(ScoredTree.make().root, .sortedSet, .skiplist))
    }

    public var isPacked: Bool { value.encoding == .listpack }
    private var packed: PackedSortedSet { PackedSortedSet(run: value.run) }
    var scored: ScoredTree { ScoredTree(value.root) }

    private mutating func move(to new: StoredValue) {
        guard unsafe new.address != value.address || new.encoding != value.encoding else { return }
        value = new
        entry?.setRoot(new)
    }

    private mutating func move(to packed: PackedSortedSet) {
        move(to: StoredValue(packed.run, .sortedSet))
    }

    // MARK: Reading

    public var count: Int { isPacked ? packed.count : scored.tree.count }
    public var isEmpty: Bool { count == 0 }

    public func score(of member: ByteSlice) -> Double? {
        guard isPacked else { return scored.score(of: member) }
        let packed = packed
        return packed.position(of: member).map { packed.score(at: $0) }
    }

    public func rank(of member: ByteSlice) -> (rank: Int, score: Double)? {
        isPacked ? packed.rank(of: member) : scored.rank(of: member)
    }

    /// Elements with a score below another, or at most it.
    public func countOfScores(below score: Double, orEqual: Bool) -> Int {
        isPacked
            ? packed.countOfScores(below: score, orEqual: orEqual)
            : scored.countOfScores(below: score, orEqual: orEqual)
    }

    /// Elements with a member below another, or at most it; meant for sets whose scores are all the
    /// same.
    public func countOfMembers(below member: ByteSlice, orEqual: Bool) -> Int {
        isPacked
            ? packed.countOfMembers(below: member, orEqual: orEqual)
            : scored.countOfMembers(below: member, orEqual: orEqual)
    }

    /// Hands out the elements of a range of ranks, the last first if `reversed`.
    @inline(__always)
    public func forEach(
        ranks: Range<Int>, reversed: Bool = false,
        _ body: (_ member: StringValue, _ score: Double) -> Void
    ) {
        precondition(ranks.lowerBound >= 0)
        precondition(ranks.upperBound <= count)
        guard !ranks.isEmpty else { return }
        if isPacked {
            forEachPacked(ranks, reversed, body)
        } else if reversed {
            forEachBackwards(ranks, body)
        } else {
            forEachForwards(ranks, body)
        }
    }

    /// Hands out the elements with a score from one on and below another, until `body` says no.
    @inline(__always)
    public func forEach(
        from first: Double, below end: Double,
        while body: (_ member: StringValue, _ score: Double) -> Bool
    ) {
        guard !isPacked else {
            var goesOn = true
            return forEach { member, score in
                if goesOn, score >= first, score < end { goesOn = body(member, score) }
            }
        }
        let tree = scored.tree
        guard !tree.isEmpty else { return }
        var path = tree.path(toSeparatorBelow: first.orderedBits, orEqual: false)
        var index = ScoredLeaf(path.leaf).countOfScores(below: first, orEqual: false)
        while true {
            let leaf = ScoredLeaf(path.leaf)
            while index < leaf.count {
                let score = leaf.score(index)
                guard score < end, body(.bytes(leaf.member(index)), score) else { return }
                index += 1
            }
            guard tree.moveToNext(&path) else { return }
            index = 0
        }
    }

    /// Hands out all elements in order.
    public func forEach(_ body: (_ member: StringValue, _ score: Double) -> Void) {
        forEach(ranks: 0..<count, body)
    }

    private func forEachPacked(
        _ ranks: Range<Int>, _ reversed: Bool, _ body: (StringValue, Double) -> Void
    ) {
        let run = value.run
        if !reversed {
            var position = run.position(of: 2 * ranks.lowerBound)
            for _ in ranks {
                let behind = run.next(position)
                body(run[position], PackedSortedSet.score(run[behind]))
                position = run.next(behind)
            }
        } else {
            var position = run.position(of: 2 * ranks.upperBound)
            for _ in ranks {
                let behind = run.previous(position)
                position = run.previous(behind)
                body(run[position], PackedSortedSet.score(run[behind]))
            }
        }
    }

    @inline(__always)
    private func forEachForwards(_ ranks: Range<Int>, _ body: (StringValue, Double) -> Void) {
        let tree = scored.tree
        var (path, index) = tree.path(toRank: ranks.lowerBound)
        var left = ranks.count
        while true {
            let leaf = ScoredLeaf(path.leaf)
            let end = min(leaf.count, index + left)
            left -= end - index
            while index < end {
                body(.bytes(leaf.member(index)), leaf.score(index))
                index += 1
            }
            guard left > 0, tree.moveToNext(&path) else { return }
            index = 0
        }
    }

    @inline(__always)
    private func forEachBackwards(_ ranks: Range<Int>, _ body: (StringValue, Double) -> Void) {
        let tree = scored.tree
        var (path, index) = tree.path(toRank: ranks.upperBound - 1)
        var left = ranks.count
        while true {
            let leaf = ScoredLeaf(path.leaf)
            while index >= 0, left > 0 {
                body(.bytes(leaf.member(index)), leaf.score(index))
                index -= 1
                left -= 1
            }
            guard left > 0, tree.moveToPrevious(&path) else { return }
            index = ScoredLeaf(path.leaf).count - 1
        }
    }

    /// Hands out the elements at a cursor, in no order, and returns the next cursor. A pass from 0 to
    /// 0 hands out every member that stays in the set all the while, some perhaps twice.
    ///
    /// - Parameter count: about how many are wanted; a small set is handed out at once.
    public func scan(
        from cursor: UInt64, count: Int, _ body: (_ member: StringValue, _ score: Double) -> Void
    ) -> UInt64 {
        guard isPacked else {
            return UInt64(
                scored.scan(from: UInt32(truncatingIfNeeded: cursor), count: count) {
                    body(.bytes($0), $1)
                })
        }
        forEach(body)
        return 0
    }

    // MARK: Changing

    /// Inserts a member, which must not be there, and changes the encoding if it no longer fits.
    public mutating func insert(
        _ member: ByteSlice, score: Double, _ settings: EncodingSettings
    ) {
        precondition(!score.isNaN)
        if isPacked {
            if count < settings.sortedSetEntriesMax, member.count <= settings.sortedSetValueMax {
                var packed = packed
                packed.insert(member, score: score)
                return move(to: packed)
            }
            unpack()
        }
        scored.insert(member, score: score)
    }

    /// Gives a member that is there another score.
    public mutating func setScore(_ score: Double, of member: ByteSlice) {
        precondition(!score.isNaN)
        guard isPacked else { return scored.setScore(score, of: member) }
        var packed = packed
        guard let position = packed.position(of: member) else {
            preconditionFailure("the member is not there")
        }
        packed.setScore(score, of: member, at: position)
        move(to: packed)
    }

    /// Removes a member, and says whether it was there. The set may become empty.
    public mutating func remove(_ member: ByteSlice) -> Bool {
        guard isPacked else { return scored.remove(member) }
        var packed = packed
        guard let position = packed.position(of: member) else { return false }
        packed.remove(at: position)
        move(to: packed)
        return true
    }

    /// Removes the elements of a range of ranks. The set may become empty.
    public mutating func remove(ranks: Range<Int>) {
        precondition(ranks.upperBound <= count)
        guard isPacked else { return scored.remove(ranks: ranks) }
        var packed = packed
        packed.remove(at: packed.run.position(of: 2 * ranks.lowerBound), count: ranks.count)
        move(to: packed)
    }

    /// Prepares for elements to come: a small set becomes large when so many alone are too many.
    public mutating func expect(_ count: Int, _ settings: EncodingSettings) {
        if isPacked, count > settings.sortedSetEntriesMax { unpack() }
    }

    /// Puts the elements of a packed set into a tree.
    public mutating func unpack() {
        let made = ScoredTree.make()
        var text = ByteBuffer(capacity: 32)
        forEach { member, score in made.insert(member.text(using: &text), score: score) }
        value.free()
        move(to: StoredValue(made.root, .sortedSet, .skiplist))
    }

    /// Puts the elements of a large set that was made aside into a packed run if they fit, as the
    /// commands do that store a result.
    ///
    /// - Parameter memberSizeMax: bytes of the longest member.
    public mutating func compact(memberSizeMax: Int, _ settings: EncodingSettings) {
        guard !isPacked, count <= settings.sortedSetEntriesMax,
            memberSizeMax <= settings.sortedSetValueMax
        else { return }
        var run = PackedRun.make()
        forEach { member, score in
            if case .bytes(let bytes) = member { run.append(StringValue(bytes)) }
            PackedSortedSet.withElement(score) { run.append($0) }
        }
        value.free()
        move(to: StoredValue(run, .sortedSet))
    }

    /// Traps when the set contradicts itself.
    public func checkInvariants() {
        guard isPacked else { return scored.checkInvariants() }
        value.run.checkInvariants()
        precondition(value.run.count % 2 == 0)
    }
}
