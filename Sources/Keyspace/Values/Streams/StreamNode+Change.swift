import Bytes
import CPlatform
import Structures

extension StreamNode {
    /// The most that an element takes beyond its text: head and trailer; and an integer at all.
    private static let elementOverhead = 12
    /// Flags, differences, counts of an entry and the zero behind the master fields.
    private static let fixedSize = 6 * elementOverhead

    /// Bytes up to which the fields and values certainly can be written.
    private static func bound(of pairs: Slices) -> Int {
        var sum = fixedSize
        for index in 0..<pairs.count { sum += pairs[index].count + elementOverhead }
        return sum
    }

    /// A node whose first entry gives the master fields.
    ///
    /// - Parameter pairs: fields and values in turn.
    static func make(_ id: StreamID, _ pairs: Slices, epoch: UInt32) -> StreamNode {
        // The fields are written twice: as the master's, then for the entry as a whole not at all.
        let made = StreamNode(
            Node.make(size: SizeClass.size(headerSize + bound(of: pairs)), epoch: epoch))
        made.liveCount = 0
        made.deletedCount = 0
        made.masterID = id
        made.size = 0
        made.elementCount = 0
        made.masterFieldCount = pairs.count / 2
        for index in stride(from: 0, to: pairs.count, by: 2) {
            made.write(StringValue(pairs[index]))
        }
        made.write(.integer(0))
        made.firstPosition = made.size
        made.writeEntry(id, pairs, hasMasterFields: true)
        return made
    }

    /// A node of the elements of a verified listpack.
    ///
    /// - Parameters:
    ///   - elements: the listpack's elements in their coding, the three counts included.
    ///   - count: how many they are.
    public static func make(
        masterID: StreamID, elements: ByteSlice, count: Int, epoch: UInt32 = 0
    ) -> StreamNode {
        var numbers = (0, 0, 0)
        var start = 0
        func number() -> Int {
            let element = unsafe elements.start + start
            start += unsafe PackedElement.size(at: element)
            guard case .integer(let value) = unsafe PackedElement.value(at: element) else {
                preconditionFailure("a node was verified before")
            }
            return Int(value)
        }
        numbers = (number(), number(), number())
        let rest = elements[start...]
        let made = StreamNode(
            Node.make(size: SizeClass.size(headerSize + rest.count), epoch: epoch))
        (made.liveCount, made.deletedCount, made.masterFieldCount) = numbers
        made.masterID = masterID
        made.size = rest.count
        made.elementCount = count - 3
        unsafe ls_copy(made.base, rest.start, rest.count)
        var position = 0
        for _ in 0...numbers.2 { position = made.next(position) }
        made.firstPosition = position
        return made
    }

    /// Appends an entry behind the others; the node may move.
    mutating func append(_ id: StreamID, _ pairs: Slices) {
        let needed = size + Self.bound(of: pairs)
        if needed > capacity { move(capacity: needed + needed / 4) }
        writeEntry(id, pairs, hasMasterFields: hasMasterFields(pairs))
    }

    /// Whether fields are the master's, in its order.
    private func hasMasterFields(_ pairs: Slices) -> Bool {
        guard pairs.count == 2 * masterFieldCount else { return false }
        var position = 0
        for index in stride(from: 0, to: pairs.count, by: 2) {
            switch value(at: position) {
            case .bytes(let field): guard field == pairs[index] else { return false }
            case .integer(let field): guard pairs[index].integer == field else { return false }
            }
            position = next(position)
        }
        return true
    }

    private func writeEntry(_ id: StreamID, _ pairs: Slices, hasMasterFields: Bool) {
        let before = elementCount
        write(.integer(hasMasterFields ? Self.masterFieldsFlag : 0))
        write(.integer(Int64(bitPattern: id.milliseconds &- masterID.milliseconds)))
        write(.integer(Int64(bitPattern: id.sequence &- masterID.sequence)))
        if hasMasterFields {
            for index in stride(from: 1, to: pairs.count, by: 2) {
                write(StringValue(pairs[index]))
            }
        } else {
            write(.integer(Int64(pairs.count / 2)))
            for index in 0..<pairs.count { write(StringValue(pairs[index])) }
        }
        write(.integer(Int64(elementCount - before)))
        liveCount += 1
    }

    /// Writes an element behind the others; there is room.
    private func write(_ value: StringValue) {
        size = unsafe size &+ PackedElement.write(value, to: base + size)
        elementCount &+= 1
    }

    /// Marks a live entry as deleted.
    func delete(_ entry: StreamEntry) {
        precondition(!entry.isDeleted)
        // The flags are less than 128, so that they are one byte, whose bits they are.
        unsafe base.storeBytes(
            of: UInt8(entry.flags | Self.deletedFlag), toByteOffset: entry.position,
            as: UInt8.self)
        liveCount -= 1
        deletedCount += 1
    }

    /// Moves the node to one with room for `capacity` bytes of elements.
    private mutating func move(capacity: Int) {
        precondition(capacity >= size)
        let moved = Node.make(
            size: SizeClass.size(Self.headerSize + capacity), epoch: node.epoch)
        unsafe ls_copy(
            moved.address + Node.headerSize, node.address + Node.headerSize,
            Self.headerSize - Node.headerSize + size)
        node.free()
        self = StreamNode(moved)
    }

    /// Gives back room that is not in use.
    mutating func fit() {
        guard SizeClass.size(Self.headerSize + size) < node.size else { return }
        move(capacity: size)
    }

    /// Traps if the node contradicts itself.
    func checkInvariants() {
        precondition(Self.headerSize + size <= node.size)
        var position = firstPosition
        var counts = (live: 0, deleted: 0)
        var last: StreamID?
        while position < size {
            var entry = StreamEntry(self, at: position)
            if let last { precondition(last < entry.id) }
            last = entry.id
            if entry.isDeleted { counts.deleted += 1 } else { counts.live += 1 }
            let start = position
            position = entry.end()
            precondition(previousEntry(position) == start)
        }
        precondition(position == size)
        precondition(counts.live == liveCount)
        precondition(counts.deleted == deletedCount)
    }
}
