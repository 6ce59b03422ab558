import Bytes
import CPlatform

/// A leaf of a sorted set: members with their scores, in order, in one node.
///
/// ```
/// offset 0   header of a `Node`
///        8   count n, 32 bits
///       12   bytes of all members, 32 bits
///       16   n scores, 64 bits each, rising; equal ones stand in the order of their members
/// 16 +  8n   n offsets, 32 bits each: where a member ends behind the first one's start
/// 16 + 12n   the members
/// ```
///
/// The scores stand together, so that a search touches little memory. A node is as large as its size
/// class, no more: a change that does not fit moves to another node. A change wants a leaf that no
/// frozen copy uses; the new handle takes the place of the old one.
@safe
@frozen
public struct ScoredLeaf: Equatable {
    public let node: Node

    @usableFromInline static let headerSize = 16
    @usableFromInline static let elementSize = 12
    /// Members of a leaf together stay below it; the owner divides its leaves long before.
    static let sizeMax = Int(UInt32.max) - (1 << 16)

    @inlinable public init(_ node: Node) { self.node = node }

    static func make(size: Int, epoch: UInt32) -> ScoredLeaf {
        precondition(size <= sizeMax, "a member has at most 512 MB")
        return ScoredLeaf(Node.make(size: SizeClass.size(size), epoch: epoch))
    }

    /// A leaf of one element.
    public static func make(_ member: ByteSlice, score: Double, epoch: UInt32) -> ScoredLeaf {
        let leaf = make(size: headerSize + elementSize + member.count, epoch: epoch)
        leaf.count = 1
        leaf.membersSize = member.count
        unsafe leaf.scores[0] = score
        unsafe leaf.ends[0] = UInt32(member.count)
        unsafe ls_copy(leaf.members, member.start, member.count)
        return leaf
    }

    // The places below lie in the node: it was made for `usedSize` bytes or more.

    @inlinable public internal(set) var count: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 8, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 8, as: UInt32.self)
        }
    }

    var membersSize: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    @inlinable var scores: UnsafeMutablePointer<Double> {
        unsafe (node.address + Self.headerSize).assumingMemoryBound(to: Double.self)
    }

    @inlinable var ends: UnsafeMutablePointer<UInt32> {
        unsafe (node.address + (Self.headerSize &+ 8 &* count))
            .assumingMemoryBound(to: UInt32.self)
    }

    @inlinable var members: UnsafeMutableRawPointer {
        unsafe node.address + (Self.headerSize &+ Self.elementSize &* count)
    }

    /// Bytes of the node that are in use.
    public var usedSize: Int { Self.headerSize + Self.elementSize * count + membersSize }

    // MARK: Reading

    @inlinable
    public func score(_ index: Int) -> Double {
        assert(index < count)
        return unsafe scores[index]
    }

    /// Lent until the leaf changes.
    @inlinable
    public func member(_ index: Int) -> ByteSlice {
        assert(index < count)
        let ends = unsafe ends
        let start = unsafe index == 0 ? 0 : Int(ends[index &- 1])
        return unsafe ByteSlice(start: members + start, count: Int(ends[index]) &- start)
    }

    /// Elements with a score below another, or at most it.
    @inlinable
    public func countOfScores(below score: Double, orEqual: Bool) -> Int {
        let scores = unsafe scores
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) &>> 1
            let isBefore = unsafe orEqual ? scores[middle] <= score : scores[middle] < score
            if isBefore { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// Elements before a place in the order: with a lower score, or the same and a lower member.
    @inlinable
    public func countBefore(_ member: ByteSlice, score: Double) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low &+ high) &>> 1
            if isBefore(middle, member, score: score) { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    @inlinable
    func isBefore(_ index: Int, _ member: ByteSlice, score: Double) -> Bool {
        let own = unsafe scores[index]
        return own != score ? own < score : self.member(index) < member
    }

    /// Whether the first element is at most at a place in the order.
    @inlinable
    public func beginsAtOrBefore(_ member: ByteSlice, score: Double) -> Bool {
        let own = unsafe scores[0]
        return own != score ? own < score : self.member(0) <= member
    }

    /// Whether an element is there, and it has this member.
    @inlinable
    public func isMember(_ member: ByteSlice, at index: Int) -> Bool {
        index < count && self.member(index) == member
    }

    public func checkInvariants() {
        precondition(count > 0)
        precondition(usedSize <= node.size)
        precondition(unsafe Int(ends[count - 1]) == membersSize)
        for index in 1..<max(1, count) {
            precondition(isBefore(index - 1, member(index), score: score(index)))
        }
    }
}

extension Double {
    /// Bits that are ordered as the numbers are; both zeros have the same.
    @inlinable public var orderedBits: UInt64 {
        let bits = (self + 0).bitPattern
        return bits & (1 &<< 63) != 0 ? ~bits : bits | (1 &<< 63)
    }
}
