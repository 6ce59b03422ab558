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

    private mutating func grow() {
        let larger = Self.make(
            recordSize: recordSize, size: min(Self.sizeMax, node.size * 2), epoch: node.epoch)
        unsafe ls_copy(larger.record(0), record(0), count * recordSize)
        larger.count = count
        node.free()
        self = larger
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
