import Bytes
import Persistence

/// The keys of a file, one a line: database, type, encoding, bytes in the file, deadline in Unix
/// milliseconds or `-`, and the key in quotes, with tabs between.
enum RDBKeyList {
    static func write(
        _ walk: inout RDBWalk, isJSON: Bool, _ output: ToolOutput
    ) throws(ToolFailure) {
        var json = JSONText(to: output)
        if isJSON {
            json.beginObject()
            json.beginArray("keys")
        }
        while let entry = try walk.next() {
            let key = entry.key
            try walk.skip()
            let size = walk.offset - entry.start
            if isJSON {
                json.breakLine()
                json.beginObject()
                json.head(of: entry, key)
                json.value("bytes", size)
                json.endObject()
            } else {
                let type = entry.record.type
                let deadline = entry.record.deadline.map { String($0) } ?? "-"
                output.line(
                    "\(entry.database)\t\(type.valueTypeName)\t\(type.name)\t\(size)\t\(deadline)\t"
                        + Quoting.represent(key))
            }
        }
        guard isJSON else { return }
        json.endArray()
        json.endObject()
        json.finish()
    }
}

extension JSONText {
    /// What is known of a key without its value.
    mutating func head(of entry: RDBEntry, _ key: ByteSlice) {
        value("db", entry.database)
        value("key", key)
        value("type", entry.record.type.valueTypeName)
        value("encoding", entry.record.type.name)
        if let deadline = entry.record.deadline { value("expires_at_ms", Int(deadline)) }
    }
}
