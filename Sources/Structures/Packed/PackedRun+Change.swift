import Bytes
import CPlatform

extension PackedRun {
    @inlinable
    public mutating func append(_ value: StringValue) {
        let added = PackedElement.size(value)
        if start &+ size &+ added > capacity { makeRoom(front: 0, back: added) }
        unsafe PackedElement.write(value, to: base + size)
        size &+= added
        count &+= 1
    }

    @inlinable
    public mutating func prepend(_ value: StringValue) {
        let added = PackedElement.size(value)
        if start < added { makeRoom(front: added, back: 0) }
        start &-= added
        unsafe PackedElement.write(value, to: base)
        size &+= added
        count &+= 1
    }

    /// Inserts an element before the one at a position. The bytes of `value` stand elsewhere.
    public mutating func insert(_ value: StringValue, at position: Int) {
        let added = PackedElement.size(value)
        unsafe PackedElement.write(value, to: open(added, at: position))
        count += 1
    }

    /// Inserts elements in their coding before the one at a position.
    ///
    /// - Parameter count: how many they are.
    public mutating func insert(elements: ByteSlice, count added: Int, at position: Int) {
        unsafe ls_copy(open(elements.count, at: position), elements.start, elements.count)
        count += added
    }

    /// Appends elements in their coding.
    public mutating func append(elements: ByteSlice, count added: Int) {
        insert(elements: elements, count: added, at: size)
    }

    /// Puts another element in the place of the one at a position.
    public mutating func replace(at position: Int, with value: StringValue) {
        let oldSize = unsafe PackedElement.size(at: base + position)
        let newSize = PackedElement.size(value)
        if newSize > oldSize {
            _ = unsafe open(newSize - oldSize, at: position)
        } else if newSize < oldSize {
            close(oldSize - newSize, at: position)
        }
        unsafe PackedElement.write(value, to: base + position)
    }

    /// Removes elements from a position on.
    ///
    /// - Parameter removed: how many; there are so many.
    public mutating func remove(at position: Int, count removed: Int = 1) {
        var end = position
        for _ in 0..<removed { end = next(end) }
        close(end - position, at: position)
        count -= removed
        shrink()
    }

    /// Removes the elements from a position to the end.
    ///
    /// - Parameter removed: how many they are.
    public mutating func truncate(to position: Int, removing removed: Int) {
        size = position
        count -= removed
        shrink()
    }

    public mutating func removeLast() {
        size = previous(size)
        count -= 1
        shrink()
    }

    public mutating func removeFirst() {
        let removed = next(0)
        start += removed
        size -= removed
        count -= 1
        if size == 0 { start = 0 }
        shrink()
    }

    // MARK: Room

    /// Makes a gap of `added` bytes at a position, moving the shorter side, and returns where it is.
    private mutating func open(_ added: Int, at position: Int) -> UnsafeMutableRawPointer {
        let behind = size - position
        if position < behind, start >= added {
            let old = unsafe base
            start -= added
            unsafe memmove(base, old, position)
        } else {
            if start + size + added > capacity { makeRoom(front: 0, back: added) }
            unsafe memmove(base + (position + added), base + position, behind)
        }
        size += added
        return unsafe base + position
    }

    /// Closes a gap of `removed` bytes at a position, moving the shorter side.
    private mutating func close(_ removed: Int, at position: Int) {
        let behind = size - position - removed
        if position < behind {
            let old = unsafe base
            start += removed
            unsafe memmove(base, old, position)
        } else {
            unsafe memmove(base + position, base + (position + removed), behind)
        }
        size -= removed
    }

    /// Sees to it that there is so much room before and behind the elements.
    @usableFromInline
    mutating func makeRoom(front: Int, back: Int) {
        let needed = front + size + back
        precondition(needed <= Self.sizeMax, "the owner keeps its runs below the limit")
        let free = capacity - needed
        if free >= size / 8 {
            // The room is there, but at the other end: all that is spare moves to the side that
            // is growing.
            let target = front > 0 ? front + free : 0
            let old = unsafe base
            start = target
            unsafe memmove(base, old, size)
            return
        }
        let slack = needed > Self.slackThreshold ? needed / 4 : 0
        move(front: front, total: needed + slack)
    }

    /// Moves the elements to a new node with room for `total` bytes, the spare on the side of
    /// `front` if that is not zero, else behind.
    private mutating func move(front: Int, total: Int) {
        let moved = PackedRun.make(size: total, epoch: node.epoch)
        moved.start = front > 0 ? moved.capacity - size : 0
        if front > 0, start + size < capacity {
            // What was free behind stays free, so that pushes at both ends do not fight.
            moved.start = max(front, moved.start - (capacity - start - size))
        }
        moved.size = size
        moved.count = count
        moved.mark = mark
        unsafe ls_copy(moved.base, base, size)
        node.free()
        self = moved
    }

    /// Gives memory back when little of it is in use.
    @usableFromInline
    mutating func shrink() {
        guard node.size > 128, (size + Self.headerSize) * 3 < node.size else { return }
        move(front: 0, total: size)
    }

    /// Gives back all memory that is not in use.
    public mutating func fit() {
        guard SizeClass.size(Self.headerSize + size) < node.size else { return }
        move(front: 0, total: size)
    }

    /// A copy of the run without spare room.
    public func copied(epoch: UInt32 = 0) -> PackedRun {
        let copy = PackedRun.make(elements: elements, count: count, epoch: epoch)
        copy.mark = mark
        return copy
    }

    /// Moves the elements from a position on to a run of their own.
    ///
    /// - Parameter behind: how many they are.
    public mutating func split(at position: Int, countBehind behind: Int) -> PackedRun {
        let right = PackedRun.make(
            elements: elements[position...], count: behind, epoch: node.epoch)
        truncate(to: position, removing: behind)
        return right
    }

    /// Traps if the run contradicts itself.
    public func checkInvariants() {
        precondition(start + size <= capacity)
        var position = 0
        var counted = 0
        while position < size {
            let following = next(position)
            precondition(following <= size)
            precondition(previous(following) == position)
            position = following
            counted += 1
        }
        precondition(position == size)
        precondition(counted == count)
    }
}
