import Bytes
import Keyspace

/// All that a stream holds, as lines of text; without the times that reading it changes and that no
/// record keeps, unless they are asked for.
func streamLines(_ stream: Stream, withTimes: Bool = false) -> [String] {
    var lines = [
        "\(stream.lastID) \(stream.firstID) \(stream.maxDeletedID) \(stream.entriesAdded)",
        "\(stream.length) entries",
    ]
    var entries = StreamIterator(stream)
    while entries.next() {
        var line = ByteBuffer()
        line.append(entries.id)
        for _ in 0..<entries.fieldCount {
            let (field, value) = entries.nextField()
            for text in [field, value] {
                line.append(" ")
                line.append(decimal: Int64(text.count))
                line.append(":")
                text.append(to: &line)
            }
        }
        lines.append(line.bytes.text)
        // The buffer lives up to its last use.
        line.removeAll()
    }
    stream.forEachGroup { group in
        lines.append("group \(group.name.text) \(group.lastID) \(group.entriesRead)")
        group.forEachConsumer { consumer in
            let times = withTimes ? " \(consumer.seenTime) \(consumer.activeTime)" : ""
            lines.append("consumer \(consumer.name.text)\(times)")
            var pending = PendingIterator(consumer)
            while let entry = pending.next() {
                lines.append("\(entry.id) \(entry.deliveryTime) \(entry.deliveryCount)")
            }
        }
        var pending = PendingIterator(group)
        while let entry = pending.next() {
            lines.append("\(entry.id) \(group.consumer(numbered: entry.consumer).name.text)")
        }
    }
    return lines
}
