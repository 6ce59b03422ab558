import Bytes
import Structures

/// A large sorted set: the elements in a tree of leaves, and an index from members to scores.
///
/// The root's own part holds the tree, then the index. Separators are the ordered bits of the first
/// score of a leaf; where leaves begin with equal scores, their first members decide. A frozen copy
/// is read through the tree alone.
struct ScoredTree {
    let root: VersionedRoot

    /// A leaf with as many elements, or as many bytes, is divided.
    static let leafCountMax = 48
    static let leafSizeMax = 4096

    init(_ root: VersionedRoot) { self.root = root }

    static func make() -> ScoredTree {
        ScoredTree(VersionedRoot.make(size: LeafTree.contentSize + ScoreIndex.size))
    }

    /// Whether copying the set would keep the data thread for too long.
    var isLarge: Bool { tree.count > 1024 }

    var tree: LeafTree { LeafTree(root) }
    var index: ScoreIndex { unsafe ScoreIndex(at: root.content + LeafTree.contentSize) }

    static func hash(_ member: ByteSlice) -> UInt32 {
        UInt32(truncatingIfNeeded: KeyHash.hash(member) >> 32)
    }

    static func freeNodes(of root: VersionedRoot) {
        LeafTree.freeNodes(of: root)
        ScoredTree(root).index.free()
    }

    // MARK: Reading

    /// Where a member is that has this score, or nothing.
    private func place(
        of member: ByteSlice, score: Double
    ) -> (path: LeafPath, index: Int)? {
        let path = path(to: member, score: score)
        let leaf = ScoredLeaf(path.leaf)
        let index = leaf.countBefore(member, score: score)
        guard leaf.isMember(member, at: index), leaf.score(index) == score else { return nil }
        return (path, index)
    }

    /// The path to the leaf where a member with this score is, or belongs.
    private func path(to member: ByteSlice, score: Double) -> LeafPath {
        tree.path(toSeparator: score.orderedBits) { leaf in
            ScoredLeaf(leaf).beginsAtOrBefore(member, score: score)
        }
    }

    private typealias Found = (
        matches: ScoreIndex.Matches, match: Int, path: LeafPath, index: Int
    )

    private func find(_ member: ByteSlice) -> Found? {
        guard let matches = index.matches(of: Self.hash(member)) else { return nil }
        for match in matches.range {
            if let (path, index) = place(of: member, score: matches.score(match)) {
                return (matches, match, path, index)
            }
        }
        return nil
    }

    func score(of member: ByteSlice) -> Double? {
        guard let found = find(member) else { return nil }
        return ScoredLeaf(found.path.leaf).score(found.index)
    }

    func rank(of member: ByteSlice) -> (rank: Int, score: Double)? {
        guard let found = find(member) else { return nil }
        return (
            tree.rank(of: found.path) + found.index,
            ScoredLeaf(found.path.leaf).score(found.index)
        )
    }

    /// Elements with a score below another, or at most it.
    func countOfScores(below score: Double, orEqual: Bool) -> Int {
        guard !tree.isEmpty else { return 0 }
        let path = tree.path(toSeparatorBelow: score.orderedBits, orEqual: orEqual)
        return tree.rank(of: path)
            + ScoredLeaf(path.leaf).countOfScores(below: score, orEqual: orEqual)
    }

    /// Elements with a member below another, or at most it, if all have the same score.
    func countOfMembers(below member: ByteSlice, orEqual: Bool) -> Int {
        guard !tree.isEmpty else { return 0 }
        let score = ScoredLeaf(tree.firstPath.leaf).score(0)
        let path = path(to: member, score: score)
        let leaf = ScoredLeaf(path.leaf)
        let index = leaf.countBefore(member, score: score)
        let isCounted = orEqual && leaf.isMember(member, at: index)
        return tree.rank(of: path) + index + (isCounted ? 1 : 0)
    }

    // MARK: Changing

    /// Inserts a member that is not there.
    func insert(_ member: ByteSlice, score: Double) {
        insertIntoTree(member, score: score)
        index.insert(Self.hash(member), score: score)
    }

    /// Removes a member, and says whether it was there.
    func remove(_ member: ByteSlice) -> Bool {
        guard var found = find(member) else { return false }
        index.remove(found.matches, at: found.match)
        removeFromTree(found.index..<(found.index + 1), at: &found.path)
        return true
    }

    /// Gives a member that is there another score.
    func setScore(_ score: Double, of member: ByteSlice) {
        guard var found = find(member) else { preconditionFailure("the member is not there") }
        found.matches.setScore(score, at: found.match)
        if isPlace(found.index, in: ScoredLeaf(found.path.leaf), of: member, with: score) {
            tree.unshare(&found.path)
            ScoredLeaf(found.path.leaf).setScore(score, at: found.index)
        } else {
            removeFromTree(found.index..<(found.index + 1), at: &found.path)
            insertIntoTree(member, score: score)
        }
    }

    /// Whether a member's place, between two others of its leaf, remains the same.
    private func isPlace(
        _ index: Int, in leaf: ScoredLeaf, of member: ByteSlice, with score: Double
    ) -> Bool {
        guard index > 0, index < leaf.count - 1 else { return false }
        let (before, after) = (leaf.score(index - 1), leaf.score(index + 1))
        guard before < score || (before == score && leaf.member(index - 1) < member) else {
            return false
        }
        return after > score || (after == score && member < leaf.member(index + 1))
    }

    /// Removes the elements of a range of ranks.
    func remove(ranks: Range<Int>) {
        var left = ranks.count
        while left > 0 {
            var (path, first) = tree.path(toRank: ranks.lowerBound)
            let leaf = ScoredLeaf(path.leaf)
            let range = first..<min(leaf.count, first + left)
            for element in range {
                removeFromIndex(leaf.member(element), score: leaf.score(element))
            }
            removeFromTree(range, at: &path)
            left -= range.count
        }
    }

    private func removeFromIndex(_ member: ByteSlice, score: Double) {
        guard let matches = index.matches(of: Self.hash(member)) else {
            preconditionFailure("the index has every member")
        }
        // Which of two entries with the same hash and score goes makes no difference.
        for match in matches.range where matches.score(match) == score {
            return index.remove(matches, at: match)
        }
        preconditionFailure("the index has every score")
    }

    private func insertIntoTree(_ member: ByteSlice, score: Double) {
        let separator = score.orderedBits
        guard !tree.isEmpty else {
            let leaf = ScoredLeaf.make(member, score: score, epoch: root.epoch)
            return tree.insertFirst(leaf.node, count: 1, separator: separator)
        }
        var path = path(to: member, score: score)
        let index = ScoredLeaf(path.leaf).countBefore(member, score: score)
        if isFull(ScoredLeaf(path.leaf), for: member) {
            return insertDividing(member, score: score, at: index, of: &path)
        }
        tree.unshare(&path)
        insert(member, score: score, at: index, of: &path)
    }

    private func isFull(_ leaf: ScoredLeaf, for member: ByteSlice) -> Bool {
        leaf.count >= Self.leafCountMax || leaf.usedSize + member.count > Self.leafSizeMax
    }

    /// Inserts into the leaf of an unshared path.
    private func insert(
        _ member: ByteSlice, score: Double, at index: Int, of path: inout LeafPath
    ) {
        let old = ScoredLeaf(path.leaf)
        var leaf = old
        leaf.insert(member, score: score, at: index)
        if leaf != old { tree.setLeaf(leaf.node, at: &path) }
        tree.addCount(1, at: path)
        if index == 0 { tree.setSeparator(score.orderedBits, at: path) }
    }

    /// Inserts where the leaf is full. At the tree's ends the full leaf stays full, so that elements
    /// that come in order leave full leaves behind.
    private func insertDividing(
        _ member: ByteSlice, score: Double, at index: Int, of path: inout LeafPath
    ) {
        let old = ScoredLeaf(path.leaf)
        let separator = score.orderedBits
        let isAfter = index == old.count && (old.count == 1 || tree.isLast(path))
        let isBefore = index == 0 && (old.count == 1 || tree.isFirst(path))
        if isAfter || isBefore {
            tree.unshareAbove(&path)
            let leaf = ScoredLeaf.make(member, score: score, epoch: root.epoch)
            if isAfter {
                tree.insert(leaf.node, count: 1, separator: separator, after: &path)
            } else {
                tree.insert(leaf.node, count: 1, separator: separator, before: &path)
            }
            return
        }
        tree.unshare(&path)
        let middle = divide(&path)
        if index <= middle {
            insert(member, score: score, at: index, of: &path)
        } else {
            _ = tree.moveToNext(&path)
            insert(member, score: score, at: index - middle, of: &path)
        }
    }

    /// Divides the leaf of an unshared path, which goes on to the first half; returns its count.
    private func divide(_ path: inout LeafPath) -> Int {
        var left = ScoredLeaf(path.leaf)
        let middle = left.count / 2
        let right = left.split(at: middle)
        tree.setLeaf(left.node, at: &path)
        tree.addCount(-right.count, at: path)
        tree.insert(
            right.node, count: right.count, separator: right.score(0).orderedBits,
            after: &path)
        _ = tree.moveToPrevious(&path)
        return middle
    }

    private func removeFromTree(_ range: Range<Int>, at path: inout LeafPath) {
        let shared = ScoredLeaf(path.leaf)
        if range.count == shared.count {
            tree.unshareAbove(&path)
            tree.remove(at: &path)
            return root.retire(shared.node)
        }
        tree.unshare(&path)
        let old = ScoredLeaf(path.leaf)
        var leaf = old
        leaf.remove(range)
        if leaf != old { tree.setLeaf(leaf.node, at: &path) }
        tree.addCount(-range.count, at: path)
        if range.lowerBound == 0 { tree.setSeparator(leaf.score(0).orderedBits, at: path) }
        if leaf.count < Self.leafCountMax / 4 { joinNext(to: leaf, at: &path) }
    }

    /// Moves the elements of the next leaf to a sparse one if they fit well.
    private func joinNext(to sparse: ScoredLeaf, at path: inout LeafPath) {
        var next = path
        guard tree.moveToNext(&next) else { return }
        let following = ScoredLeaf(next.leaf)
        guard sparse.count + following.count <= Self.leafCountMax * 3 / 4,
            sparse.usedSize + following.usedSize <= Self.leafSizeMax
        else { return }
        var leaf = sparse
        leaf.append(following)
        tree.setLeaf(leaf.node, at: &path)
        tree.addCount(following.count, at: path)
        // The nodes that both paths share have changed, but not moved.
        tree.unshareAbove(&next)
        tree.remove(at: &next)
        root.retire(following.node)
    }
}

extension ScoredTree {
    /// A set of its own with the same elements.
    func copied() -> ScoredTree {
        let copy = ScoredTree.make()
        guard !tree.isEmpty else { return copy }
        var path = tree.firstPath
        var end: LeafPath?
        repeat {
            let leaf = ScoredLeaf(path.leaf)
            let node = leaf.node.copied(epoch: copy.root.epoch)
            let separator = tree.separator(at: path)
            if var last = end {
                copy.tree.insert(node, count: leaf.count, separator: separator, after: &last)
                end = last
            } else {
                copy.tree.insertFirst(node, count: leaf.count, separator: separator)
                end = copy.tree.firstPath
            }
            for element in 0..<leaf.count {
                copy.index.insert(
                    Self.hash(leaf.member(element)), score: leaf.score(element))
            }
        } while tree.moveToNext(&path)
        return copy
    }

    var memoryUsage: Int {
        var sum = root.node.memoryUsage + tree.innerMemoryUsage + index.memoryUsage
        guard !tree.isEmpty else { return sum }
        var path = tree.firstPath
        repeat { sum += path.leaf.memoryUsage } while tree.moveToNext(&path)
        return sum
    }

    /// Traps when the set contradicts itself.
    func checkInvariants() {
        tree.checkInvariants { node, count, separator in
            let leaf = ScoredLeaf(node)
            leaf.checkInvariants()
            precondition(leaf.count == count)
            precondition(leaf.score(0).orderedBits == separator)
        }
        precondition(index.checkInvariants() == tree.count)
        guard !tree.isEmpty else { return }
        var path = tree.firstPath
        repeat {
            let leaf = ScoredLeaf(path.leaf)
            for element in 0..<leaf.count {
                precondition(score(of: leaf.member(element)) == leaf.score(element))
            }
        } while tree.moveToNext(&path)
    }
}
