/// Walks over the pending entries of a group, or of one consumer, from an ID on.
///
/// Valid until the group changes.
public struct PendingIterator {
    private let group: StreamGroup
    private let isOfConsumer: Bool
    private var cursor: PendingCursor

    public init(_ group: StreamGroup, from id: StreamID = .min) {
        self.group = group
        isOfConsumer = false
        cursor = PendingCursor(group.pending, from: id)
    }

    public init(_ consumer: StreamConsumer, from id: StreamID = .min) {
        group = consumer.group
        isOfConsumer = true
        cursor = PendingCursor(consumer.pending, from: id)
    }

    public mutating func next() -> PendingEntry? {
        guard let record = unsafe cursor.next() else { return nil }
        guard isOfConsumer else { return unsafe PendingEntry(record: record) }
        guard let entry = group.pendingEntry(unsafe record.streamID) else {
            preconditionFailure("what is pending for a consumer is pending for its group")
        }
        return entry
    }
}
