import Bytes
import Keyspace
import Structures

/// Writes the records that make the value of a collection, in parts of a bounded size.
///
/// A record adds at most 64 elements, as Redis writes them. The key must not exist when they are
/// replayed; its deadline is not among them. The value does not change meanwhile.
public struct RecordWriter: ~Copyable {
    private static let batchMax = 64

    /// What is still to be written.
    private enum Rest {
        case list(ListWalk)
        case set(SetWalk)
        case hash(HashWalk)
        /// The deadlines of fields.
        case deadlines(HashWalk)
        case sortedSet(SortedSet)
        case stream(StreamRecords)
    }

    private let value: StoredValue
    private let key: ByteSlice
    private var rest: Rest
    /// Elements that are still to be written.
    private var left: Int
    private var scratch = ByteBuffer()

    /// - Parameter key: stays in place until the writer has ended.
    public init(_ value: StoredValue, key: ByteSlice) {
        self.value = value
        self.key = key
        switch value.type {
        case .list:
            let list = ListView(value)
            (rest, left) = (.list(ListWalk(list)), list.count)
        case .set:
            let set = SetContents(value)
            (rest, left) = (.set(SetWalk(set)), set.count)
        case .sortedSet:
            let set = SortedSet(value)
            (rest, left) = (.sortedSet(set), set.count)
        case .stream:
            let records = StreamRecords(Stream(value))
            (rest, left) = (.stream(records), 1)
        case .hash:
            let hash = HashView(value)
            (rest, left) = (.hash(hash.walk()), hash.count)
        case .string: preconditionFailure("a string is no collection")
        }
    }

    /// Appends the next part, which ends with the record that reaches the size.
    ///
    /// - Returns: whether there is more.
    public mutating func append(to buffer: inout ByteBuffer, size: Int) -> Bool {
        let end = size == .max ? .max : buffer.count + size
        while buffer.count < end, left > 0 { appendBatch(to: &buffer) }
        return left > 0
    }

    private mutating func appendBatch(to buffer: inout ByteBuffer) {
        let count = min(left, Self.batchMax)
        left -= count
        switch rest {
        case .list(var walk):
            appendHead("RPUSH", count, to: &buffer)
            for _ in 0..<count { buffer.appendRecordArgument(next: walk.next(using: &scratch)) }
            rest = .list(walk)
        case .set(var walk):
            appendHead("SADD", count, to: &buffer)
            for _ in 0..<count { buffer.appendRecordArgument(next: walk.next()) }
            rest = .set(walk)
        case .hash(var walk):
            appendHead("HMSET", 2 * count, to: &buffer)
            for _ in 0..<count {
                guard let field = walk.next() else {
                    preconditionFailure("a hash has as many fields as it counts")
                }
                buffer.appendRecordArgument(field.field)
                buffer.appendRecordArgument(field.value)
            }
            rest = .hash(walk)
            if left == 0 { beginDeadlines() }
        case .deadlines(var walk):
            // A step ends with a record; the fields that stay are passed over.
            left = appendDeadline(&walk, to: &buffer) ? 1 : 0
            rest = .deadlines(walk)
        case .sortedSet(let set):
            appendHead("ZADD", 2 * count, to: &buffer)
            set.forEach(ranks: left..<(left + count)) { member, score in
                scratch.removeAll()
                scratch.append(shortest: score)
                buffer.appendRecordArgument(scratch.bytes)
                buffer.appendRecordArgument(member)
            }
        case .stream(var records):
            left = records.appendNext(of: key, to: &buffer) ? 1 : 0
            rest = .stream(records)
        }
    }

    /// Goes on to the deadlines of fields, if there are any.
    private mutating func beginDeadlines() {
        let hash = HashView(value)
        guard hash.hasDeadlines else { return }
        (rest, left) = (.deadlines(hash.walk()), 1)
    }

    /// - Returns: false at the end.
    private func appendDeadline(_ walk: inout HashWalk, to buffer: inout ByteBuffer) -> Bool {
        while let field = walk.next() {
            guard let deadline = field.deadline else { continue }
            buffer.appendRecordHead(argumentCount: 6)
            buffer.appendRecordArgument("HPEXPIREAT")
            buffer.appendRecordArgument(key)
            buffer.appendRecordArgument(deadline)
            buffer.appendRecordArgument("FIELDS")
            buffer.appendRecordArgument(1)
            buffer.appendRecordArgument(field.field)
            return true
        }
        return false
    }

    private func appendHead(
        _ command: StaticString, _ count: Int, to buffer: inout ByteBuffer
    ) {
        buffer.appendRecordHead(argumentCount: 2 + count)
        buffer.appendRecordArgument(command)
        buffer.appendRecordArgument(key)
    }
}

extension ByteBuffer {
    /// Appends an element that a walk has come to.
    fileprivate mutating func appendRecordArgument(next element: StringValue?) {
        guard let element else {
            preconditionFailure("a value has as many elements as it counts")
        }
        appendRecordArgument(element)
    }
}
