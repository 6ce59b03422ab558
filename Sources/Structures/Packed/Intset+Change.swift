import Bytes
import CPlatform

extension Intset {
    /// A set of the bytes that Redis writes for one; nothing unless every byte is as it should be:
    /// a width that exists, the size that the count asks for, integers that ascend.
    public static func make(verifying bytes: ByteSlice, epoch: UInt32 = 0) -> Intset? {
        guard bytes.count >= 8 else { return nil }
        guard let width = Width(rawValue: bytes.littleEndian(at: 0, as: UInt32.self)) else {
            return nil
        }
        let count = Int(bytes.littleEndian(at: 4, as: UInt32.self))
        guard count <= countMax, bytes.count - 8 == count * Int(width.rawValue) else { return nil }
        let set = make(capacity: count, width: width, epoch: epoch)
        unsafe ls_copy(set.base, bytes.start + 8, bytes.count - 8)
        set.count = count
        for index in 1..<max(count, 1) where set[index - 1] >= set[index] {
            set.free()
            return nil
        }
        return set
    }

    /// Inserts an integer. Returns false, and changes nothing, when it is there.
    @inlinable
    public mutating func insert(_ value: Int64) -> Bool {
        let needed = Width(of: value)
        guard needed.rawValue <= width.rawValue else {
            insert(value, widening: needed)
            return true
        }
        let end = count
        var rank = end
        // Integers often come in their order.
        if end > 0, unsafe Self.load(base, end &- 1, width) >= value {
            rank = self.rank(notBelow: value)
            if unsafe Self.load(base, rank, width) == value { return false }
        }
        open(at: rank)
        unsafe Self.store(value, base, rank, width)
        return true
    }

    /// Makes room for one more integer before the one at a rank.
    @usableFromInline
    mutating func open(at rank: Int) {
        precondition(count < Self.countMax, "the owner keeps its sets below the limit")
        if count == capacity { move(capacity: count + 1 + slack(count), width: width) }
        let size = Int(width.rawValue)
        let place = unsafe base + rank * size
        unsafe memmove(place + size, place, (count - rank) * size)
        count += 1
    }

    /// Spare room of a set that has to grow: none while it is small, then a quarter.
    private func slack(_ count: Int) -> Int { count < 64 ? 0 : count / 4 }

    /// Inserts an integer wider than all others, which is therefore at one of the ends.
    @usableFromInline
    mutating func insert(_ value: Int64, widening width: Width) {
        precondition(count < Self.countMax, "the owner keeps its sets below the limit")
        let wider = Intset.make(capacity: count + 1, width: width, epoch: node.epoch)
        let shift = value < 0 ? 1 : 0
        for index in 0..<count {
            unsafe Self.store(self[index], wider.base, index + shift, width)
        }
        unsafe Self.store(value, wider.base, value < 0 ? 0 : count, width)
        wider.count = count + 1
        node.free()
        self = wider
    }

    /// Removes an integer. Returns whether it was there.
    public mutating func remove(_ value: Int64) -> Bool {
        guard let rank = firstIndex(of: value) else { return false }
        remove(at: rank)
        return true
    }

    /// Removes the integer of a rank.
    public mutating func remove(at rank: Int) {
        precondition(rank < count)
        let size = Int(width.rawValue)
        let place = unsafe base + rank * size
        unsafe memmove(place, place + size, (count - rank - 1) * size)
        count -= 1
        if node.size > 128, count * 3 < capacity { move(capacity: count, width: width) }
    }

    private mutating func move(capacity: Int, width: Width) {
        let moved = Intset.make(capacity: capacity, width: width, epoch: node.epoch)
        unsafe ls_copy(moved.base, base, count * Int(width.rawValue))
        moved.count = count
        node.free()
        self = moved
    }

    /// Gives back all memory that is not in use.
    public mutating func fit() {
        let size = SizeClass.size(Self.headerSize + count * Int(width.rawValue))
        if size < node.size { move(capacity: count, width: width) }
    }

    /// A copy without spare room.
    public func copied(epoch: UInt32 = 0) -> Intset {
        let copy = Intset.make(capacity: count, width: width, epoch: epoch)
        unsafe ls_copy(copy.base, base, count * Int(width.rawValue))
        copy.count = count
        return copy
    }
}
