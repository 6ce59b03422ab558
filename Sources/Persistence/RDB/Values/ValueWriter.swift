import Bytes
import Keyspace
import Structures

/// Writes the value of a collection in its layout, in parts of a bounded size.
///
/// The value does not change meanwhile: it is a frozen one, or the writer comes to its end in one
/// go. Small values are one string; lists are written node by node, tables element by element in
/// their order, sorted sets from the highest score to the lowest.
struct ValueWriter {
    /// What is still to be written.
    private enum Rest {
        case all
        case list(ListNodeCursor)
        case set(SetWalk)
        /// The earliest deadline of a field, from which the others are counted.
        case hash(HashWalk, Int64)
        /// So many elements of a sorted set, the lowest ones.
        case sortedSet(Int)
        case stream(StreamWriter)
        case nothing
    }

    let type: RDBType
    private let value: StoredValue
    private let compresses: Bool
    private var rest = Rest.all

    init(_ value: StoredValue, version: Int, compressing: Bool) {
        self.value = value
        type = RDBType(of: value, version: version)
        compresses = compressing
    }

    /// Appends the next part, which ends with the element or node that reaches the size.
    ///
    /// - Returns: whether there is more.
    mutating func append(to buffer: inout ValueBuffer, size: Int) -> Bool {
        let end = size == .max ? .max : buffer.count + size
        switch rest {
        case .all: begin(&buffer)
        case .list(var walk):
            while buffer.count < end {
                guard let node = walk.next() else {
                    rest = .nothing
                    return false
                }
                append(node, to: &buffer)
            }
            rest = .list(walk)
        case .set(var walk):
            while buffer.count < end {
                guard let member = walk.next() else {
                    rest = .nothing
                    return false
                }
                buffer.append(member, compressing: compresses)
            }
            rest = .set(walk)
        case .hash(var walk, let base):
            while buffer.count < end {
                guard let field = walk.next() else {
                    rest = .nothing
                    return false
                }
                append(field, base, to: &buffer)
            }
            rest = .hash(walk, base)
        case .sortedSet(let left):
            rest = .sortedSet(appendScored(left, to: &buffer, until: end))
            if case .sortedSet(0) = rest { return false }
        case .stream(var writer):
            let isMore = writer.append(to: &buffer, until: end)
            rest = isMore ? .stream(writer) : .nothing
        case .nothing: return false
        }
        if case .nothing = rest { return false }
        return true
    }

    /// Appends what stands before the elements, or the whole of a value that is one string.
    private mutating func begin(_ buffer: inout ValueBuffer) {
        rest = .nothing
        switch type {
        case .listQuicklist: beginList(&buffer)
        case .setIntset: buffer.append(encoding: value.intset.bytes, compressing: compresses)
        case .hashListpack where value.encoding == .listpackExpiring: appendPairs(&buffer)
        case .setListpack, .hashListpack, .zsetListpack:
            buffer.append(
                listpackOf: value.run.elements, count: value.run.count, compressing: compresses)
        case .setHashtable:
            let set = SetContents(value)
            buffer.bytes.append(rdbLength: set.count)
            rest = .set(SetWalk(set))
        case .hashListpackExpiring:
            buffer.bytes.append(littleEndian: HashView(value).earliestDeadline ?? 0)
            buffer.append(
                listpackOf: value.run.elements, count: value.run.count, compressing: compresses)
        case .hashHashtable, .hashExpiring: beginHash(&buffer)
        case .zsetBinaryScores:
            let count = SortedSet(value).count
            buffer.bytes.append(rdbLength: count)
            rest = .sortedSet(count)
        case .streamWithOffsets, .streamWithActiveTimes:
            rest = .stream(
                StreamWriter(Stream(value), type, compressing: compresses, to: &buffer))
        default: preconditionFailure("no value is written as \(type)")
        }
    }
}

// MARK: - Lists

extension ValueWriter {
    private mutating func beginList(_ buffer: inout ValueBuffer) {
        let list = ListView(value)
        buffer.bytes.append(rdbLength: list.nodeCount)
        rest = .list(list.nodes)
    }

    private func append(_ node: ListNode, to buffer: inout ValueBuffer) {
        var scratch = ByteBuffer()
        let elements = node.elements(using: &scratch)
        if node.isPlain {
            buffer.bytes.append(rdbNumber: QuicklistContainer.plain)
            buffer.append(string: elements, compressing: compresses)
        } else {
            buffer.bytes.append(rdbNumber: QuicklistContainer.packed)
            buffer.append(listpackOf: elements, count: node.count, compressing: compresses)
        }
    }
}

// MARK: - Hashes

extension ValueWriter {
    /// Appends a row whose deadlines have all been taken away as one without any.
    private func appendPairs(_ buffer: inout ValueBuffer) {
        var pairs = PackedRun.make(size: value.run.size)
        HashView(value).forEach { field in
            pairs.append(field.field)
            pairs.append(field.value)
        }
        buffer.append(
            listpackOf: pairs.elements, count: pairs.count, compressing: compresses)
        pairs.free()
    }

    private mutating func beginHash(_ buffer: inout ValueBuffer) {
        let hash = HashView(value)
        let base = hash.earliestDeadline ?? 0
        if type == .hashExpiring { buffer.bytes.append(littleEndian: base) }
        buffer.bytes.append(rdbLength: hash.count)
        rest = .hash(hash.walk(), base)
    }

    private func append(_ field: HashField, _ base: Int64, to buffer: inout ValueBuffer) {
        if type == .hashExpiring {
            let distance = field.deadline.map { UInt64(max(0, $0 - base)) + 1 }
            buffer.bytes.append(rdbNumber: distance ?? 0)
        }
        buffer.append(field.field, compressing: compresses)
        buffer.append(field.value, compressing: compresses)
    }
}

// MARK: - Sorted sets

extension ValueWriter {
    /// Elements that are written before the size is looked at again.
    private static let scoredCount = 64

    /// Appends elements from the highest on, and returns how many lower ones are left.
    private func appendScored(_ count: Int, to buffer: inout ValueBuffer, until end: Int) -> Int {
        let set = SortedSet(value)
        var left = count
        while left > 0, buffer.count < end {
            let lowest = max(0, left - Self.scoredCount)
            set.forEach(ranks: lowest..<left, reversed: true) { member, score in
                // Members stand there as texts, whatever they spell.
                switch member {
                case .integer(let value): buffer.bytes.append(rdbInteger: value)
                case .bytes(let text): buffer.append(string: text, compressing: compresses)
                }
                buffer.bytes.append(littleEndian: score.bitPattern)
            }
            left = lowest
        }
        return left
    }
}

extension ValueBuffer {
    /// Appends the value of an entry.
    mutating func append(valueOf entry: Entry, version: Int, compressing: Bool) {
        guard entry.type == .string else {
            var writer = ValueWriter(entry.value, version: version, compressing: compressing)
            while writer.append(to: &self, size: .max) {}
            return
        }
        switch entry.string {
        case .integer(let value): bytes.append(rdbInteger: value)
        case .bytes(let text): append(string: text, compressing: compressing)
        }
    }
}
