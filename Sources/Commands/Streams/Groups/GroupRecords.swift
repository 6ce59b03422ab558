import Bytes
import Keyspace

// What the commands over groups leave to the log. What they do depends on the moment and on what was
// there, so that its outcome is kept:
//
//     XGROUP CREATECONSUMER key group consumer
//     XCLAIM key group consumer 0 id … TIME ms RETRYCOUNT n FORCE JUSTID LASTID id
//     XACK key group id …
//     XGROUP SETID key group id ENTRIESREAD n
extension Execution {
    mutating func keepConsumer(_ consumer: ByteSlice, key: ByteSlice, group: ByteSlice) {
        guard records.isKept else { return keepNothing() }
        keep("XGROUP", ByteSlice("CREATECONSUMER"), key, group, consumer)
    }

    /// Keeps how far a group has read.
    mutating func keepPosition(of group: StreamGroup, key: ByteSlice) {
        guard records.isKept else { return keepNothing() }
        var words = RecordWords()
        words.append("XGROUP")
        words.append("SETID")
        words.append(key)
        words.append(group.name)
        words.append(group.lastID)
        words.append("ENTRIESREAD")
        words.append(group.entriesRead)
        words.keep(&self)
    }
}

/// Collects which entries became a consumer's, and keeps a record for each run of them with the same
/// time and number of deliveries.
struct ClaimRecords: ~Copyable {
    private let key: ByteSlice
    private let consumer: StreamConsumer
    private var words: RecordWords?
    private var deliveryTime: Int64 = 0
    private var deliveryCount: UInt64 = 0

    init(key: ByteSlice, consumer: StreamConsumer) {
        self.key = key
        self.consumer = consumer
    }

    mutating func append(_ entry: PendingEntry, _ execution: inout Execution) {
        guard execution.records.isKept else { return execution.keepNothing() }
        if entry.deliveryTime != deliveryTime || entry.deliveryCount != deliveryCount {
            end(&execution)
        }
        var words = begun()
        words.append(entry.id)
        self.words = consume words
        deliveryTime = entry.deliveryTime
        deliveryCount = entry.deliveryCount
    }

    private mutating func begun() -> RecordWords {
        if let words = words.take() { return words }
        var words = RecordWords()
        words.append("XCLAIM")
        words.append(key)
        words.append(consumer.group.name)
        words.append(consumer.name)
        words.append("0")
        return words
    }

    /// Keeps what is collected.
    mutating func end(_ execution: inout Execution) {
        guard var words = words.take() else { return }
        words.append("TIME")
        words.append(deliveryTime)
        words.append("RETRYCOUNT")
        words.append(Int64(truncatingIfNeeded: deliveryCount))
        words.append("FORCE")
        words.append("JUSTID")
        words.append("LASTID")
        words.append(consumer.group.lastID)
        words.keep(&execution)
    }
}
