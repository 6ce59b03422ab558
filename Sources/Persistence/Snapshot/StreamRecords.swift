import Bytes
import Keyspace

/// The records that make a stream, one after the other, as Redis writes them.
///
/// `XADD` for each entry, or a pair of an entry and a trim where there is none; `XSETID` for the
/// counters; for each group `XGROUP CREATE`, and for its consumers `XGROUP CREATECONSUMER` or, if
/// something is pending for them, `XCLAIM` for each entry. When consumers were last seen is not
/// among it.
struct StreamRecords {
    private enum Stage {
        case entries(StreamIterator)
        case counters
        case group(Int)
        case consumer(Int, group: Int)
        case pending(PendingIterator, consumer: Int, group: Int)
    }

    private let stream: Stream
    private var stage: Stage
    private var groups: [StreamGroup] = []
    /// Of the group that is being written.
    private var consumers: [StreamConsumer] = []

    init(_ stream: Stream) {
        self.stream = stream
        stage = .entries(StreamIterator(stream))
    }

    /// Appends the next record, or none between two parts.
    ///
    /// - Returns: whether there is more.
    mutating func appendNext(of key: ByteSlice, to buffer: inout ByteBuffer) -> Bool {
        switch stage {
        case .entries(var entries):
            guard stream.length > 0 else {
                Self.appendEmpty(key, to: &buffer)
                stage = .counters
                return true
            }
            if entries.next() {
                Self.append(&entries, key, to: &buffer)
                stage = .entries(entries)
            } else {
                stage = .counters
            }
        case .counters:
            appendCounters(key, to: &buffer)
            stream.forEachGroup { groups.append($0) }
            stage = .group(0)
        case .group(let index):
            guard index < groups.count else { return false }
            append(groups[index], key, to: &buffer)
            consumers.removeAll()
            groups[index].forEachConsumer { consumers.append($0) }
            stage = .consumer(0, group: index)
        case .consumer(let index, let group):
            begin(index, of: group, key, to: &buffer)
        case .pending(var entries, let consumer, let group):
            if let entry = entries.next() {
                append(entry, consumers[consumer], groups[group], key, to: &buffer)
                stage = .pending(entries, consumer: consumer, group: group)
            } else {
                stage = .consumer(consumer + 1, group: group)
            }
        }
        return true
    }

    private static func append(
        _ entry: inout StreamIterator, _ key: ByteSlice, to buffer: inout ByteBuffer
    ) {
        let fields = entry.fieldCount
        buffer.appendRecordHead(argumentCount: 3 + 2 * fields)
        buffer.appendRecordArgument("XADD")
        buffer.appendRecordArgument(key)
        buffer.appendRecordArgument(identifier: entry.id)
        for _ in 0..<fields {
            let (field, value) = entry.nextField()
            buffer.appendRecordArgument(field)
            buffer.appendRecordArgument(value)
        }
    }

    /// An entry that goes at once leaves an empty stream.
    private static func appendEmpty(_ key: ByteSlice, to buffer: inout ByteBuffer) {
        buffer.appendRecordHead(argumentCount: 7)
        buffer.appendRecordArgument("XADD")
        buffer.appendRecordArgument(key)
        for word in ["MAXLEN", "0", "0-1", "x", "y"] as [StaticString] {
            buffer.appendRecordArgument(word)
        }
    }

    private func appendCounters(_ key: ByteSlice, to buffer: inout ByteBuffer) {
        buffer.appendRecordHead(argumentCount: 7)
        buffer.appendRecordArgument("XSETID")
        buffer.appendRecordArgument(key)
        buffer.appendRecordArgument(identifier: stream.lastID)
        buffer.appendRecordArgument("ENTRIESADDED")
        buffer.appendRecordArgument(Int64(bitPattern: stream.entriesAdded))
        buffer.appendRecordArgument("MAXDELETEDID")
        buffer.appendRecordArgument(identifier: stream.maxDeletedID)
    }

    private func append(_ group: StreamGroup, _ key: ByteSlice, to buffer: inout ByteBuffer) {
        buffer.appendRecordHead(argumentCount: 7)
        buffer.appendRecordArgument("XGROUP")
        buffer.appendRecordArgument("CREATE")
        buffer.appendRecordArgument(key)
        buffer.appendRecordArgument(group.name)
        buffer.appendRecordArgument(identifier: group.lastID)
        buffer.appendRecordArgument("ENTRIESREAD")
        buffer.appendRecordArgument(group.entriesRead)
    }

    private mutating func begin(
        _ index: Int, of group: Int, _ key: ByteSlice, to buffer: inout ByteBuffer
    ) {
        guard index < consumers.count else {
            stage = .group(group + 1)
            return
        }
        let consumer = consumers[index]
        if consumer.pendingCount == 0 {
            buffer.appendRecordHead(argumentCount: 5)
            buffer.appendRecordArgument("XGROUP")
            buffer.appendRecordArgument("CREATECONSUMER")
            buffer.appendRecordArgument(key)
            buffer.appendRecordArgument(groups[group].name)
            buffer.appendRecordArgument(consumer.name)
        }
        stage = .pending(PendingIterator(consumer), consumer: index, group: group)
    }

    private func append(
        _ entry: PendingEntry, _ consumer: StreamConsumer, _ group: StreamGroup,
        _ key: ByteSlice, to buffer: inout ByteBuffer
    ) {
        buffer.appendRecordHead(argumentCount: 12)
        buffer.appendRecordArgument("XCLAIM")
        buffer.appendRecordArgument(key)
        buffer.appendRecordArgument(group.name)
        buffer.appendRecordArgument(consumer.name)
        buffer.appendRecordArgument(0)
        buffer.appendRecordArgument(identifier: entry.id)
        buffer.appendRecordArgument("TIME")
        buffer.appendRecordArgument(entry.deliveryTime)
        buffer.appendRecordArgument("RETRYCOUNT")
        buffer.appendRecordArgument(Int64(clamping: entry.deliveryCount))
        buffer.appendRecordArgument("JUSTID")
        buffer.appendRecordArgument("FORCE")
    }
}

extension ByteBuffer {
    /// An identifier in its text form.
    fileprivate mutating func appendRecordArgument(identifier: StreamID) {
        var text = ByteBuffer(capacity: 48)
        text.append(text: "\(identifier.milliseconds)-\(identifier.sequence)")
        appendRecordArgument(text.bytes)
    }

    /// An element of a collection.
    mutating func appendRecordArgument(_ element: StringValue) {
        switch element {
        case .integer(let value): appendRecordArgument(value)
        case .bytes(let bytes): appendRecordArgument(bytes)
        }
    }
}
