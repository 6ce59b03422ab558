import Bytes
import Keyspace

/// Writes a stream: its nodes, its counters, its groups with what is pending for their consumers.
///
/// The parts follow each other as they stand in a file; each is written in steps of a bounded size.
struct StreamWriter {
    /// What comes next.
    private enum Stage {
        case nodes(StreamNodeWalk)
        case group(Int)
        /// The pending entries of a group.
        case pending(PendingIterator, group: Int)
        case consumer(Int, group: Int)
        /// The identifiers that are pending for a consumer.
        case identifiers(PendingIterator, consumer: Int, group: Int)
        case end
    }

    private let stream: Stream
    private let type: RDBType
    private let compresses: Bool
    private var stage: Stage
    private var groups: [StreamGroup] = []
    /// Of the group that is being written.
    private var consumers: [StreamConsumer] = []

    /// Begins with the number of nodes.
    init(
        _ stream: Stream, _ type: RDBType, compressing: Bool, to buffer: inout ValueBuffer
    ) {
        self.stream = stream
        self.type = type
        compresses = compressing
        stage = .nodes(StreamNodeWalk(stream))
        buffer.bytes.append(rdbLength: stream.nodeCount)
    }

    /// Appends until the buffer has reached a size.
    ///
    /// - Returns: whether there is more.
    mutating func append(to buffer: inout ValueBuffer, until end: Int) -> Bool {
        while buffer.count < end {
            switch stage {
            case .nodes(var walk):
                if let node = walk.next() {
                    append(node, to: &buffer)
                    stage = .nodes(walk)
                } else {
                    appendCounters(to: &buffer)
                    stage = .group(0)
                }
            case .group(let index): beginGroup(index, &buffer)
            case .pending(var entries, let group):
                if let entry = entries.next() {
                    append(entry, to: &buffer)
                    stage = .pending(entries, group: group)
                } else {
                    buffer.bytes.append(rdbLength: consumers.count)
                    stage = .consumer(0, group: group)
                }
            case .consumer(let index, let group): beginConsumer(index, of: group, &buffer)
            case .identifiers(var entries, let consumer, let group):
                if let entry = entries.next() {
                    buffer.bytes.append(identifier: entry.id)
                    stage = .identifiers(entries, consumer: consumer, group: group)
                } else {
                    stage = .consumer(consumer + 1, group: group)
                }
            case .end: return false
            }
        }
        if case .end = stage { return false }
        return true
    }

    private func append(_ node: StreamNode, to buffer: inout ValueBuffer) {
        buffer.bytes.append(rdbLength: 16)
        buffer.bytes.append(identifier: node.masterID)
        var listpack = ByteBuffer()
        node.appendListpack(to: &listpack)
        buffer.append(encoding: listpack.bytes, compressing: compresses)
    }

    private mutating func appendCounters(to buffer: inout ValueBuffer) {
        buffer.bytes.append(rdbLength: stream.length)
        buffer.bytes.append(rdbNumbers: stream.lastID)
        buffer.bytes.append(rdbNumbers: stream.firstID)
        buffer.bytes.append(rdbNumbers: stream.maxDeletedID)
        buffer.bytes.append(rdbNumber: stream.entriesAdded)
        stream.forEachGroup { groups.append($0) }
        buffer.bytes.append(rdbLength: groups.count)
    }

    private mutating func beginGroup(_ index: Int, _ buffer: inout ValueBuffer) {
        guard index < groups.count else {
            stage = .end
            return
        }
        let group = groups[index]
        buffer.append(string: group.name, compressing: compresses)
        buffer.bytes.append(rdbNumbers: group.lastID)
        buffer.bytes.append(rdbNumber: UInt64(bitPattern: group.entriesRead))
        buffer.bytes.append(rdbLength: group.pendingCount)
        consumers.removeAll()
        group.forEachConsumer { consumers.append($0) }
        stage = .pending(PendingIterator(group), group: index)
    }

    private func append(_ entry: PendingEntry, to buffer: inout ValueBuffer) {
        buffer.bytes.append(identifier: entry.id)
        buffer.bytes.append(littleEndian: entry.deliveryTime)
        buffer.bytes.append(rdbNumber: entry.deliveryCount)
    }

    private mutating func beginConsumer(
        _ index: Int, of group: Int, _ buffer: inout ValueBuffer
    ) {
        guard index < consumers.count else {
            stage = .group(group + 1)
            return
        }
        let consumer = consumers[index]
        buffer.append(string: consumer.name, compressing: compresses)
        buffer.bytes.append(littleEndian: consumer.seenTime)
        if type == .streamWithActiveTimes {
            buffer.bytes.append(littleEndian: consumer.activeTime)
        }
        buffer.bytes.append(rdbLength: consumer.pendingCount)
        stage = .identifiers(PendingIterator(consumer), consumer: index, group: group)
    }
}

extension ByteBuffer {
    /// Appends an identifier as sixteen bytes, most significant first.
    fileprivate mutating func append(identifier: StreamID) {
        append(bigEndian: identifier.milliseconds)
        append(bigEndian: identifier.sequence)
    }

    /// Appends an identifier as two length-coded numbers.
    fileprivate mutating func append(rdbNumbers identifier: StreamID) {
        append(rdbNumber: identifier.milliseconds)
        append(rdbNumber: identifier.sequence)
    }
}
