import Bytes
import Keyspace
import Persistence

/// Every key of a file with its value, as one JSON document, a line for each key:
///
///     [
///     {"db":0,"key":"a","type":"string","encoding":"string","value":"1"},
///     {"db":0,"key":"h","type":"hash","encoding":"hash-listpack",
///      "value":[{"field":"f","value":"v"}]}
///     ]
///
/// Lists and sets are arrays of strings, sorted sets of members with scores, hashes of fields with
/// values and perhaps deadlines. A stream is an object with its entries and groups.
enum RDBDocument {
    static func write(_ walk: inout RDBWalk, _ output: ToolOutput) throws(ToolFailure) {
        var json = JSONText(to: output)
        json.beginArray()
        while let entry = try walk.next() {
            let key = ByteString(entry.key)
            guard let value = try walk.value() else { continue }
            json.breakLine()
            json.beginObject()
            key.withSlice { json.head(of: entry, $0) }
            switch value {
            case .module: json.null("value")
            case .string(let text): json.value("value", text)
            case .collection(let stored):
                write(stored, to: &json)
                stored.free()
            }
            json.endObject()
        }
        json.breakLine()
        json.endArray()
        json.finish()
    }

    private static func write(_ value: StoredValue, to json: inout JSONText) {
        var scratch = ByteBuffer()
        switch value.type {
        case .string: preconditionFailure("a string is no collection")
        case .list:
            json.beginArray("value")
            var walk = ListWalk(ListView(value))
            var nodes = ByteBuffer()
            while let element = walk.next(using: &nodes) {
                json.element(nil, element, &scratch)
            }
            json.endArray()
        case .set:
            json.beginArray("value")
            var walk = SetWalk(SetContents(value))
            while let member = walk.next() { json.element(nil, member, &scratch) }
            json.endArray()
        case .sortedSet:
            json.beginArray("value")
            SortedSet(value).forEach { member, score in
                json.beginObject()
                json.element("member", member, &scratch)
                json.value("score", score)
                json.endObject()
            }
            json.endArray()
        case .hash: writeHash(value, to: &json, &scratch)
        case .stream: StreamDocument.write(Stream(value), to: &json)
        }
    }

    private static func writeHash(
        _ value: StoredValue, to json: inout JSONText, _ scratch: inout ByteBuffer
    ) {
        json.beginArray("value")
        var walk = HashView(value).walk()
        while let field = walk.next() {
            json.beginObject()
            json.element("field", field.field, &scratch)
            json.element("value", field.value, &scratch)
            if let deadline = field.deadline { json.value("expires_at_ms", Int(deadline)) }
            json.endObject()
        }
        json.endArray()
    }
}

/// A stream in JSON.
private enum StreamDocument {
    static func write(_ stream: Stream, to json: inout JSONText) {
        json.beginObject("value")
        json.value("last_id", text(stream.lastID))
        json.value("max_deleted_id", text(stream.maxDeletedID))
        json.value("entries_added", stream.entriesAdded)
        json.beginArray("entries")
        writeEntries(stream, to: &json)
        json.endArray()
        json.beginArray("groups")
        stream.forEachGroup { write($0, to: &json) }
        json.endArray()
        json.endObject()
    }

    private static func writeEntries(_ stream: Stream, to json: inout JSONText) {
        var scratch = ByteBuffer()
        var entries = StreamIterator(stream)
        while entries.next() {
            json.beginObject()
            json.value("id", text(entries.id))
            json.beginArray("fields")
            for _ in 0..<entries.fieldCount {
                let (field, value) = entries.nextField()
                json.beginArray()
                json.element(nil, field, &scratch)
                json.element(nil, value, &scratch)
                json.endArray()
            }
            json.endArray()
            json.endObject()
        }
    }

    private static func write(_ group: StreamGroup, to json: inout JSONText) {
        json.beginObject()
        json.value("name", group.name)
        json.value("last_id", text(group.lastID))
        json.value("entries_read", Int(group.entriesRead))
        json.beginArray("consumers")
        group.forEachConsumer { consumer in
            json.beginObject()
            json.value("name", consumer.name)
            json.value("seen_at_ms", Int(consumer.seenTime))
            json.value("active_at_ms", Int(consumer.activeTime))
            json.beginArray("pending")
            var pending = PendingIterator(consumer)
            while let entry = pending.next() {
                json.beginObject()
                json.value("id", text(entry.id))
                json.value("delivered_at_ms", Int(entry.deliveryTime))
                json.value("deliveries", entry.deliveryCount)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    private static func text(_ id: StreamID) -> String { "\(id.milliseconds)-\(id.sequence)" }
}

extension JSONText {
    /// An element of a collection.
    mutating func element(
        _ name: StaticString?, _ element: StringValue, _ scratch: inout ByteBuffer
    ) {
        value(name, element.text(using: &scratch))
    }
}
