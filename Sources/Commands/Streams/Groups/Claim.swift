import Bytes
import Keyspace
import RESP

/// Makes entries a consumer's, answers with them, and collects what is to be recorded.
struct Claim: ~Copyable {
    private let key: ByteSlice
    private let consumer: StreamConsumer
    private let isJustID: Bool
    private var records: ClaimRecords
    /// Entries that were answered.
    private(set) var count = 0
    private(set) var hasChanged = false

    init(key: ByteSlice, consumer: StreamConsumer, isJustID: Bool) {
        self.key = key
        self.consumer = consumer
        self.isJustID = isJustID
        records = ClaimRecords(key: key, consumer: consumer)
    }

    /// Claims an entry as `XCLAIM` does.
    mutating func claim(
        _ id: StreamID, _ options: ClaimOptions, _ execution: inout Execution
    ) {
        let group = consumer.group
        let pending = group.pendingEntry(id)
        guard group.stream.contains(id) else {
            if pending != nil { forget(id, &execution) }
            return
        }
        guard pending != nil || options.isForced else { return }
        if let pending, options.idleMin > 0,
            execution.now &- pending.deliveryTime < options.idleMin
        {
            return
        }
        var entry =
            pending
            ?? PendingEntry(
                id: id, deliveryTime: 0, deliveryCount: 1, consumer: consumer.number)
        entry.deliveryTime = options.deliveryTime
        if let count = options.deliveryCount {
            entry.deliveryCount = count
        } else if !isJustID {
            entry.deliveryCount &+= 1
        }
        take(entry, &execution)
    }

    /// Makes an entry, which is there, the consumer's and answers with it.
    mutating func take(_ entry: PendingEntry, _ execution: inout Execution) {
        var entry = entry
        entry.consumer = consumer.number
        consumer.group.setPending(entry)
        consumer.activeTime = execution.now
        if isJustID {
            execution.replies.streamID(entry.id)
        } else {
            execution.replies.streamEntry(entry.id, of: consumer.group.stream)
        }
        records.append(entry, &execution)
        count += 1
        note(&execution)
    }

    /// Forgets that an entry is pending, since it is no longer there.
    mutating func forget(_ id: StreamID, _ execution: inout Execution) {
        consumer.group.removePending(id)
        records.end(&execution)
        if execution.records.isKept {
            var words = RecordWords()
            words.append("XACK")
            words.append(key)
            words.append(consumer.group.name)
            words.append(id)
            words.keep(&execution)
        } else {
            execution.keepNothing()
        }
        note(&execution)
    }

    private mutating func note(_ execution: inout Execution) {
        execution.changed()
        hasChanged = true
    }

    /// Keeps the records that are still collected.
    mutating func end(_ execution: inout Execution) { records.end(&execution) }
}
