import Bytes
import CPlatform

/// Elements that are going to be put into an empty sorted set together, each member once.
///
/// Files hold sorted sets in order, mostly from the highest element down. So leaves are made one
/// after the other, and the pages of the index as well, from hashes that were sorted before.
/// A batch keeps its memory for the next one.
public struct ScoredBatch: ~Copyable {
    /// A batch of so many elements, or bytes of members, is full.
    private static let countMax = 1 << 20
    private static let bytesMax = 32 << 20

    /// How the elements came.
    private enum Order { case rising, falling, mixed }

    private var members = ByteBuffer()
    /// Where each member ends.
    private var ends: [Int] = []
    private var scores: [Double] = []
    private(set) var hashes = HashOrder()
    private var order = Order.rising
    /// The numbers of the elements by rank, where they came in no order.
    private var sorted: [Int] = []

    public init() {}

    public var count: Int { scores.count }
    public var isEmpty: Bool { count == 0 }

    /// Whether the batch should be put into its set now.
    public var isFull: Bool { count >= Self.countMax || members.count >= Self.bytesMax }

    /// Appends an element; the score is a number.
    public mutating func append(_ member: ByteSlice, score: Double) {
        let number = count
        hashes.append(KeyHash.hash(member), UInt64(number))
        members.append(member)
        ends.append(members.count)
        scores.append(score)
        guard number > 0 else { return }
        let rises = isBefore(number - 1, number)
        if number == 1 {
            order = rises ? .rising : .falling
        } else if rises != (order == .rising) {
            order = .mixed
        }
    }

    public mutating func removeAll() {
        members.removeAll()
        ends.removeAll(keepingCapacity: true)
        scores.removeAll(keepingCapacity: true)
        hashes.removeAll()
        sorted.removeAll(keepingCapacity: true)
        order = .rising
    }

    /// Puts the elements in order. Returns false when a member is there twice.
    public mutating func sort() -> Bool {
        hashes.sort()
        guard !hasDuplicates else { return false }
        guard order == .mixed else { return true }
        var numbers = Array(0..<count)
        // The members are compared where they stand: a closure may not borrow the batch itself.
        let (bytes, ends, scores) = (members.bytes, self.ends, self.scores)
        numbers.sort { left, right in
            if scores[left] != scores[right] { return scores[left] < scores[right] }
            return Self.member(left, bytes, ends) < Self.member(right, bytes, ends)
        }
        sorted = numbers
        return true
    }

    private var hasDuplicates: Bool {
        for index in 1..<max(1, count) {
            let element = hashes.elements[index]
            // Those of one hash are compared with each other; there is hardly ever a second one.
            var before = index - 1
            while before >= 0, hashes.elements[before].hash == element.hash {
                if member(Int(hashes.elements[before].number)) == member(Int(element.number)) {
                    return true
                }
                before -= 1
            }
        }
        return false
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        if scores[left] != scores[right] { return scores[left] < scores[right] }
        return member(left) < member(right)
    }

    func score(_ number: Int) -> Double { scores[number] }

    /// A member, lent until the batch changes.
    func member(_ number: Int) -> ByteSlice { Self.member(number, members.bytes, ends) }

    private static func member(_ number: Int, _ bytes: ByteSlice, _ ends: [Int]) -> ByteSlice {
        bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]]
    }

    /// The number of the element of a rank; of a sorted batch.
    func number(at rank: Int) -> Int {
        switch order {
        case .rising: rank
        case .falling: count - 1 - rank
        case .mixed: sorted[rank]
        }
    }

    /// Hands out the elements in the order in which they came.
    public func forEach(_ body: (_ member: ByteSlice, _ score: Double) -> Void) {
        for number in 0..<count { body(member(number), scores[number]) }
    }

    /// The score of the first element of a range of ranks; of a sorted batch.
    public func score(atRank rank: Int) -> Double { scores[number(at: rank)] }

    /// The ranks from one on that fit into one leaf; of a sorted batch.
    ///
    /// - Parameters:
    ///   - countMax: elements of a leaf at the most.
    ///   - sizeMax: bytes of it at the most, if it is to have more than one element.
    public func leafRanks(from rank: Int, countMax: Int, sizeMax: Int) -> Range<Int> {
        var size = ScoredLeaf.headerSize
        var end = rank
        while end < count, end - rank < countMax {
            size += ScoredLeaf.elementSize + member(number(at: end)).count
            if size > sizeMax, end > rank { break }
            end += 1
        }
        return rank..<end
    }
}

extension ScoredLeaf {
    /// A leaf of the elements of a sorted batch in a range of ranks.
    public static func make(
        of batch: borrowing ScoredBatch, _ ranks: Range<Int>, epoch: UInt32
    ) -> ScoredLeaf {
        var membersSize = 0
        for rank in ranks { membersSize += batch.member(batch.number(at: rank)).count }
        let leaf = make(
            size: headerSize + elementSize * ranks.count + membersSize, epoch: epoch)
        leaf.count = ranks.count
        leaf.membersSize = membersSize
        let (scores, ends, members) = unsafe (leaf.scores, leaf.ends, leaf.members)
        var end = 0
        for rank in ranks {
            let number = batch.number(at: rank)
            let member = batch.member(number)
            let index = rank - ranks.lowerBound
            unsafe ls_copy(members + end, member.start, member.count)
            end += member.count
            unsafe scores[index] = batch.score(number)
            unsafe ends[index] = UInt32(end)
        }
        return leaf
    }
}

extension ScoreIndex {
    /// Fills an index without entries with the elements of a sorted batch.
    public func fill(with batch: borrowing ScoredBatch) {
        free()
        guard !batch.isEmpty else { return }
        unsafe directory = Directory.allocate(capacity: 1)
        let first = ScorePage.make(for: 0, depth: 0)
        unsafe directory.unsafelyUnwrapped[0] = first.address
        depth = 0
        pageCount = 0
        fill(with: batch, 0..<batch.count, prefix: 0, depth: 0)
        first.free()
    }

    /// Makes the pages of the elements whose hashes begin alike.
    ///
    /// - Parameters:
    ///   - range: of those elements, by hash.
    ///   - prefix: with what their hashes begin.
    ///   - pageDepth: how many bits that are.
    private func fill(
        with batch: borrowing ScoredBatch, _ range: Range<Int>, prefix: UInt32,
        depth pageDepth: Int
    ) {
        if range.count > ScorePage.countMax, pageDepth < Self.depthMax, !isAlike(batch, range) {
            let bit = UInt32(1) << UInt32(31 - pageDepth)
            let middle = batch.hashes.firstIndex(in: range, from: UInt64(prefix | bit) << 32)
            fill(with: batch, range.lowerBound..<middle, prefix: prefix, depth: pageDepth + 1)
            return fill(
                with: batch, middle..<range.upperBound, prefix: prefix | bit,
                depth: pageDepth + 1)
        }
        let page = ScorePage.make(for: max(2, range.count), depth: pageDepth)
        let (hashes, scores) = unsafe (page.hashes, page.scores)
        for index in range {
            let element = batch.hashes.elements[index]
            unsafe hashes[index - range.lowerBound] = UInt32(truncatingIfNeeded: element.hash >> 32)
            unsafe scores[index - range.lowerBound] = batch.score(Int(element.number))
        }
        page.count = range.count
        while pageDepth > depth { doubleDirectory() }
        point(to: page, prefix)
        pageCount += 1
    }

    /// Whether all hashes of a range are the same, so that dividing it would not help.
    private func isAlike(_ batch: borrowing ScoredBatch, _ range: Range<Int>) -> Bool {
        batch.hashes.elements[range.lowerBound].hash >> 32
            == batch.hashes.elements[range.upperBound - 1].hash >> 32
    }
}
