import CPlatform
import Structures

/// Records of one size in the order of the IDs with which they begin.
///
/// ```
/// offset 0   header of a `Node`
///        8   count, 32 bits
///       12   bytes of a record, 32 bits
///       16   records, then room
/// ```
///
/// A record begins with an ID: milliseconds and sequence, 64 bits each.
@safe
struct PendingLeaf {
    let node: Node

    private static let headerSize = 16
    /// A size class of the allocator.
    private static let sizeMax = 2048
    private static let sizeMin = 128

    init(_ node: Node) { self.node = node }

    static func make(recordSize: Int, size: Int = sizeMin, epoch: UInt32) -> PendingLeaf {
        let leaf = PendingLeaf(Node.make(size: size, epoch: epoch))
        unsafe leaf.node.address.storeBytes(
            of: UInt64(recordSize) << 32, toByteOffset: 8, as: UInt64.self)
        return leaf
    }

    private(set) var count: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 8, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(of: UInt32(newValue), toByteOffset: 8, as: UInt32.self)
        }
    }

    private var recordSize: Int {
        unsafe Int(node.address.load(fromByteOffset: 12, as: UInt32.self))
    }

    private var capacity: Int { (node.size - Self.headerSize) / recordSize }

    /// Whether so few records are left that the leaf is joined to a neighbour that has room.
    var isSparse: Bool { count * recordSize * 8 < Self.sizeMax }

    var isFull: Bool { node.size >= Self.sizeMax && count == capacity }

    func record(_ index: Int) -> UnsafeMutableRawPointer {
        unsafe node.address + (Self.headerSize + index * recordSize)
    }

    func id(_ index: Int) -> StreamID { unsafe record(index).streamID }

    var firstID: StreamID { id(0) }

    /// The index of the first record whose ID is at least `id`; the count when there is none.
    func index(from id: StreamID) -> Int {
        // New records come last.
        if count > 0, self.id(count - 1) < id { return count }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self.id(middle) < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Inserts a record of which only the ID is set; the leaf may move. It is not full.
    mutating func insert(_ id: StreamID, at index: Int) {
        if count == capacity { grow() }
        let place = unsafe record(index)
        unsafe memmove(place + recordSize, place, (count - index) * recordSize)
        unsafe memset(place, 0, recordSize)
        unsafe place.storeBytes(of: id.milliseconds, as: UInt64.self)
        unsafe place.storeBytes(of: id.sequence, toByteOffset: 8, as: UInt64.self)
        count += 1
    }

    func remove(at index: Int) {
        precondition(index < count)
        let place = unsafe record(index)
        unsafe memmove(place, place + recordSize, (count - index - 1) * recordSize)
        count -= 1
    }

    private mutating func grow() { move(size: min(Self.sizeMax, node.size * 2)) }

    /// Gives half of the room back when little of it is in use; the leaf may move.
    mutating func shrink() {
        guard node.size > Self.sizeMin, count * recordSize * 4 < node.size else { return }
        move(size: node.size / 2)
    }

    private mutating func move(size: Int) {
        let moved = Self.make(recordSize: recordSize, size: size, epoch: node.epoch)
        unsafe ls_copy(moved.record(0), record(0), count * recordSize)
        moved.count = count
        node.free()
        self = moved
    }

    /// A leaf of the records of two neighbours, or nothing when that would leave too little room.
    static func joined(_ left: PendingLeaf, _ right: PendingLeaf, epoch: UInt32) -> PendingLeaf? {
        let count = left.count + right.count
        guard count * left.recordSize * 2 < sizeMax else { return nil }
        let made = make(recordSize: left.recordSize, size: sizeMax, epoch: epoch)
        unsafe ls_copy(made.record(0), left.record(0), left.count * left.recordSize)
        unsafe ls_copy(
            made.record(left.count), right.record(0), right.count * left.recordSize)
        made.count = count
        return made
    }

    /// Moves the records from an index on to a leaf of their own.
    func split(at index: Int, epoch: UInt32) -> PendingLeaf {
        let right = Self.make(recordSize: recordSize, size: Self.sizeMax, epoch: epoch)
        unsafe ls_copy(right.record(0), record(index), (count - index) * recordSize)
        right.count = count - index
        count = index
        return right
    }
}

extension UnsafeMutableRawPointer {
    /// The ID with which a record begins.
    var streamID: StreamID {
        unsafe StreamID(
            milliseconds: load(as: UInt64.self),
            sequence: load(fromByteOffset: 8, as: UInt64.self))
    }
}
