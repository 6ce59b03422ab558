import Bytes
import CPlatform

extension ScoredLeaf {
    public func setScore(_ score: Double, at index: Int) {
        precondition(index < count)
        unsafe scores[index] = score
    }

    /// Inserts an element before the one at an index. The member's bytes stand elsewhere.
    public mutating func insert(_ member: ByteSlice, score: Double, at index: Int) {
        precondition(index <= count)
        let size = usedSize + Self.elementSize + member.count
        if size > node.size {
            let moved = ScoredLeaf.make(size: size, epoch: node.epoch)
            open(at: index, for: member.count, in: moved)
            node.free()
            self = moved
        } else {
            open(at: index, for: member.count, in: self)
        }
        let start = unsafe index == 0 ? 0 : Int(ends[index - 1])
        unsafe scores[index] = score
        unsafe ends[index] = UInt32(start + member.count)
        unsafe ls_copy(members + start, member.start, member.count)
    }

    /// Writes the leaf with a gap for an element to another node, or to its own: from the end to the
    /// front, so that nothing is overwritten that is still to be moved.
    private func open(at index: Int, for size: Int, in target: ScoredLeaf) {
        let (count, membersSize) = (self.count, self.membersSize)
        let (oldScores, oldEnds, oldMembers) = unsafe (scores, ends, members)
        let start = unsafe index == 0 ? 0 : Int(oldEnds[index - 1])
        target.count = count + 1
        target.membersSize = membersSize + size
        let (newEnds, newMembers) = unsafe (target.ends, target.members)
        unsafe memmove(newMembers + start + size, oldMembers + start, membersSize - start)
        unsafe memmove(newMembers, oldMembers, start)
        for moved in stride(from: count - 1, through: index, by: -1) {
            unsafe newEnds[moved + 1] = oldEnds[moved] &+ UInt32(truncatingIfNeeded: size)
        }
        unsafe memmove(newEnds, oldEnds, 4 * index)
        unsafe memmove(target.scores + index + 1, oldScores + index, 8 * (count - index))
        if target.node != node { unsafe memcpy(target.scores, oldScores, 8 * index) }
    }

    /// Removes elements. The leaf may become empty.
    public mutating func remove(_ range: Range<Int>) {
        precondition(range.upperBound <= count)
        guard !range.isEmpty else { return }
        let (oldEnds, oldMembers) = unsafe (ends, members)
        let start = unsafe range.lowerBound == 0 ? 0 : Int(oldEnds[range.lowerBound - 1])
        let end = unsafe Int(oldEnds[range.upperBound - 1])
        let (oldCount, oldSize) = (count, membersSize)
        unsafe memmove(
            scores + range.lowerBound, scores + range.upperBound,
            8 * (oldCount - range.upperBound))
        count = oldCount - range.count
        membersSize = oldSize - (end - start)
        let (newEnds, newMembers) = unsafe (ends, members)
        unsafe memmove(newEnds, oldEnds, 4 * range.lowerBound)
        for index in range.upperBound..<oldCount {
            unsafe newEnds[index - range.count] = oldEnds[index] - UInt32(end - start)
        }
        unsafe memmove(newMembers, oldMembers, start)
        unsafe memmove(newMembers + start, oldMembers + end, oldSize - end)
        fit()
    }

    /// Moves to a smaller node when a third of this one is unused.
    private mutating func fit() {
        let size = SizeClass.size(usedSize)
        guard size <= node.size / 3 * 2 else { return }
        let moved = ScoredLeaf.make(size: size, epoch: node.epoch)
        unsafe ls_copy(
            moved.node.address + Node.headerSize, node.address + Node.headerSize,
            usedSize - Node.headerSize)
        node.free()
        self = moved
    }

    /// Moves the elements from an index on to a leaf of their own.
    public mutating func split(at index: Int) -> ScoredLeaf {
        precondition(index > 0)
        precondition(index < count)
        let right = copied(index..<count)
        remove(index..<count)
        return right
    }

    /// Appends the elements of the leaf behind it in the order.
    public mutating func append(_ other: ScoredLeaf) {
        let joined = ScoredLeaf.make(
            size: usedSize + other.usedSize - Self.headerSize, epoch: node.epoch)
        joined.count = count + other.count
        joined.membersSize = membersSize + other.membersSize
        unsafe memcpy(joined.scores, scores, 8 * count)
        unsafe memcpy(joined.scores + count, other.scores, 8 * other.count)
        unsafe memcpy(joined.ends, ends, 4 * count)
        for index in 0..<other.count {
            unsafe joined.ends[count + index] = other.ends[index] + UInt32(membersSize)
        }
        unsafe memcpy(joined.members, members, membersSize)
        unsafe memcpy(joined.members + membersSize, other.members, other.membersSize)
        node.free()
        self = joined
    }

    /// A leaf of its own with some of the elements.
    private func copied(_ range: Range<Int>) -> ScoredLeaf {
        let start = unsafe range.lowerBound == 0 ? 0 : Int(ends[range.lowerBound - 1])
        let end = unsafe Int(ends[range.upperBound - 1])
        let copy = ScoredLeaf.make(
            size: Self.headerSize + Self.elementSize * range.count + end - start,
            epoch: node.epoch)
        copy.count = range.count
        copy.membersSize = end - start
        unsafe memcpy(copy.scores, scores + range.lowerBound, 8 * range.count)
        for index in range {
            unsafe copy.ends[index - range.lowerBound] = ends[index] - UInt32(start)
        }
        unsafe memcpy(copy.members, members + start, end - start)
        return copy
    }
}
