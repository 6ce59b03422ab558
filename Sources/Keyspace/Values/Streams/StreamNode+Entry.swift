import Bytes
import Structures

/// An entry of a node, its fields and values still to be read one after the other.
///
/// Valid until the stream changes.
@safe
@frozen
public struct StreamEntry {
    public let id: StreamID
    /// Pairs of field and value.
    public let fieldCount: Int
    @usableFromInline let node: StreamNode
    @usableFromInline let flags: Int64
    /// Of the flags, with which the entry begins.
    @usableFromInline let position: Int
    /// Of what is read next.
    @usableFromInline var cursor: Int
    /// Of the master's field that is read next.
    @usableFromInline var masterCursor = 0
    @usableFromInline var readCount = 0

    /// The entry at a position.
    @inlinable
    init(_ node: StreamNode, at position: Int) {
        self.node = node
        self.position = position
        flags = node.integer(at: position)
        var cursor = node.next(position)
        let master = node.masterID
        let milliseconds = UInt64(bitPattern: node.integer(at: cursor))
        cursor = node.next(cursor)
        let sequence = UInt64(bitPattern: node.integer(at: cursor))
        cursor = node.next(cursor)
        id = StreamID(
            milliseconds: master.milliseconds &+ milliseconds,
            sequence: master.sequence &+ sequence)
        if flags & StreamNode.masterFieldsFlag != 0 {
            fieldCount = node.masterFieldCount
        } else {
            fieldCount = Int(node.integer(at: cursor))
            cursor = node.next(cursor)
        }
        self.cursor = cursor
    }

    @inlinable var isDeleted: Bool { flags & StreamNode.deletedFlag != 0 }
    @inlinable var hasMasterFields: Bool { flags & StreamNode.masterFieldsFlag != 0 }

    /// The next field with its value; at most `fieldCount` times.
    @inlinable
    public mutating func nextField() -> (field: StringValue, value: StringValue) {
        precondition(readCount < fieldCount)
        readCount &+= 1
        let field: StringValue
        if hasMasterFields {
            field = node.value(at: masterCursor)
            masterCursor = node.next(masterCursor)
        } else {
            field = node.value(at: cursor)
            cursor = node.next(cursor)
        }
        let value = node.value(at: cursor)
        cursor = node.next(cursor)
        return (field, value)
    }

    /// The position behind the entry.
    @inlinable
    mutating func end() -> Int {
        let left = (fieldCount &- readCount) &* (hasMasterFields ? 1 : 2)
        for _ in 0..<left { cursor = node.next(cursor) }
        readCount = fieldCount
        return node.next(cursor)
    }
}

extension StreamNode {
    /// The position of the entry that ends at a position; nothing at the first entry.
    @inlinable
    func previousEntry(_ position: Int) -> Int? {
        guard position > firstPosition else { return nil }
        var start = previous(position)
        for _ in 0..<integer(at: start) { start = previous(start) }
        return start
    }

    /// The first live entry whose identifier is at least `id`.
    @inlinable
    func firstEntry(from id: StreamID) -> StreamEntry? {
        var position = firstPosition
        let size = size
        while position < size {
            var entry = StreamEntry(self, at: position)
            if entry.id >= id, !entry.isDeleted { return entry }
            position = entry.end()
        }
        return nil
    }

    /// The last live entry whose identifier is at most `id`.
    @inlinable
    func lastEntry(upTo id: StreamID) -> StreamEntry? {
        var position = size
        while let start = previousEntry(position) {
            let entry = StreamEntry(self, at: start)
            if entry.id <= id, !entry.isDeleted { return entry }
            position = start
        }
        return nil
    }

    /// The identifier of the last entry, deleted or not.
    var lastID: StreamID {
        guard let start = previousEntry(size) else { return masterID }
        return StreamEntry(self, at: start).id
    }
}
