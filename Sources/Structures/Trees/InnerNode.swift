import CPlatform

/// A node of a `LeafTree` above the leaves.
///
/// ```
/// offset 0   header of a `Node`
///        8   count of children, 16 bits
///       10   capacity c, 16 bits
///       12   0, 32 bits
///       16   c separators, 64 bits each, rising: what the child's first leaf was given
///  16 +  8c  c counts, 64 bits each: elements below the child
///  16 + 16c  c addresses of children: inner nodes, or leaves in the lowest level
/// ```
///
/// The capacities fill size classes of the allocator.
@safe
@frozen
@usableFromInline
struct InnerNode: Equatable {
    @usableFromInline let node: Node

    @usableFromInline
    struct Child {
        var node: Node
        var count: Int
        var separator: UInt64
    }

    private static let headerSize = 16
    @usableFromInline static let capacityMax = 63
    /// Below it, a node that has a neighbour is joined to it or filled from it.
    static let countMin = 15

    @inlinable init(_ node: Node) { self.node = node }

    static func make(capacity: Int, epoch: UInt32) -> InnerNode {
        let made = InnerNode(Node.make(size: headerSize + 24 * capacity, epoch: epoch))
        made.count = 0
        made.capacity = capacity
        return made
    }

    @inlinable
    static func == (left: InnerNode, right: InnerNode) -> Bool { left.node == right.node }

    // The places below lie in the node: capacity says how much it was made for.

    @inlinable var count: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 8, as: UInt16.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt16(newValue), toByteOffset: 8, as: UInt16.self)
        }
    }

    @inlinable var capacity: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 10, as: UInt16.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt32(newValue), toByteOffset: 10, as: UInt32.self)
        }
    }

    @inlinable var separators: UnsafeMutablePointer<UInt64> {
        unsafe (node.address + 16).assumingMemoryBound(to: UInt64.self)
    }

    @inlinable var counts: UnsafeMutablePointer<Int> {
        unsafe (node.address + 16 + 8 &* capacity).assumingMemoryBound(to: Int.self)
    }

    @inlinable var children: UnsafeMutablePointer<UnsafeMutableRawPointer> {
        unsafe (node.address + 16 + 16 &* capacity)
            .assumingMemoryBound(to: UnsafeMutableRawPointer.self)
    }

    @inlinable
    func child(_ index: Int) -> Node {
        assert(index < count)
        return unsafe Node(address: children[index])
    }

    func setChild(_ index: Int, to child: Node) {
        precondition(index < count)
        unsafe children[index] = child.address
    }

    var countBelow: Int {
        var sum = 0
        for index in 0..<count { unsafe sum &+= counts[index] }
        return sum
    }

    /// Where the separators before an index end that are below a key, or at most it: a binary search
    /// without branches that depend on the data.
    @inlinable
    func countOfSeparators(below key: UInt64, orEqual: Bool) -> Int {
        // `separator <= key` is `separator < key + 1`; for the greatest key all are at most it.
        if orEqual && key == .max { return count }
        let bound = orEqual ? key &+ 1 : key
        let separators = unsafe separators
        var base = 0
        var length = count
        while length > 1 {
            let half = length &>> 1
            base = unsafe separators[base &+ half &- 1] < bound ? base &+ half : base
            length &-= half
        }
        return unsafe length == 1 && separators[base] < bound ? base &+ 1 : base
    }
}

extension InnerNode {
    func insert(_ child: Child, at index: Int) {
        precondition(count < capacity)
        precondition(index <= count)
        let moved = count - index
        unsafe memmove(separators + index + 1, separators + index, 8 * moved)
        unsafe memmove(counts + index + 1, counts + index, 8 * moved)
        unsafe memmove(children + index + 1, children + index, 8 * moved)
        unsafe separators[index] = child.separator
        unsafe counts[index] = child.count
        unsafe children[index] = child.node.address
        count += 1
    }

    func remove(at index: Int) {
        precondition(index < count)
        let moved = count - index - 1
        unsafe memmove(separators + index, separators + index + 1, 8 * moved)
        unsafe memmove(counts + index, counts + index + 1, 8 * moved)
        unsafe memmove(children + index, children + index + 1, 8 * moved)
        count -= 1
    }

    /// Moves the children from an index on behind those of another node.
    func moveChildren(from index: Int, to other: InnerNode) {
        let moved = count - index
        precondition(other.count + moved <= other.capacity)
        unsafe memcpy(other.separators + other.count, separators + index, 8 * moved)
        unsafe memcpy(other.counts + other.count, counts + index, 8 * moved)
        unsafe memcpy(other.children + other.count, children + index, 8 * moved)
        other.count += moved
        count = index
    }

    /// Moves the first children behind those of the node before it.
    func moveFirstChildren(_ moved: Int, to other: InnerNode) {
        precondition(other.count + moved <= other.capacity)
        unsafe memcpy(other.separators + other.count, separators, 8 * moved)
        unsafe memcpy(other.counts + other.count, counts, 8 * moved)
        unsafe memcpy(other.children + other.count, children, 8 * moved)
        other.count += moved
        let kept = count - moved
        unsafe memmove(separators, separators + moved, 8 * kept)
        unsafe memmove(counts, counts + moved, 8 * kept)
        unsafe memmove(children, children + moved, 8 * kept)
        count = kept
    }

    /// Moves the children from an index on before those of the node behind it.
    func moveLastChildren(from index: Int, to other: InnerNode) {
        let moved = count - index
        precondition(other.count + moved <= other.capacity)
        unsafe memmove(other.separators + moved, other.separators, 8 * other.count)
        unsafe memmove(other.counts + moved, other.counts, 8 * other.count)
        unsafe memmove(other.children + moved, other.children, 8 * other.count)
        unsafe memcpy(other.separators, separators + index, 8 * moved)
        unsafe memcpy(other.counts, counts + index, 8 * moved)
        unsafe memcpy(other.children, children + index, 8 * moved)
        other.count += moved
        count = index
    }

    /// The capacity to make a node with that is to hold so many children.
    static func capacity(for count: Int) -> Int {
        precondition(count <= capacityMax)
        return switch count {
        case ...4: 4
        case ...8: 8
        case ...12: 12
        case ...18: 18
        case ...26: 26
        case ...36: 36
        case ...52: 52
        default: capacityMax
        }
    }
}
