import Bytes
import Persistence

extension RDBReport {
    private func layouts(_ database: Int) -> [(type: RDBType, amount: Amount)] {
        (databases[database] ?? [:]).map { (type: $0.key, amount: $0.value) }
            .sorted { ($0.amount.size, $1.type.rawValue) > ($1.amount.size, $0.type.rawValue) }
    }

    // MARK: Text

    func writeText(_ path: String, _ output: ToolOutput) {
        output.line(
            "\(path): RDB version \(version), \(ByteCount.text(fileSize)), "
                + counted(total.keys, "key"))
        for database in databases.keys.sorted() {
            output.line("")
            output.line("Database \(database)")
            output.line(Self.row("type", "encoding", "keys", "bytes"))
            for (type, amount) in layouts(database) {
                output.line(
                    Self.row(
                        type.valueTypeName, type.name, String(amount.keys), String(amount.size)))
            }
        }
        output.line("")
        output.line("Expiry")
        for range in ExpiryRange.allCases where expiry[range.rawValue].keys > 0 {
            let amount = expiry[range.rawValue]
            output.line(Self.row(range.text, "", String(amount.keys), String(amount.size)))
        }
        guard !largest.isEmpty else { return }
        output.line("")
        output.line("Largest keys")
        for key in largest {
            let name = key.key.withSlice { Quoting.represent($0) }
            output.line(
                Self.row(
                    key.type.valueTypeName, key.type.name, "db \(key.database)", String(key.size))
                    + "  \(name)")
        }
    }

    private static func row(
        _ first: String, _ second: String, _ third: String, _ fourth: String
    ) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        func left(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        return "  " + left(first, 16) + left(second, 18) + right(third, 12) + right(fourth, 16)
    }

    // MARK: JSON

    func writeJSON(_ path: String, _ output: ToolOutput) {
        var json = JSONText(to: output)
        json.beginObject()
        json.value("path", path)
        json.value("version", version)
        json.value("size", fileSize)
        json.value("keys", total.keys)
        json.beginArray("databases")
        for database in databases.keys.sorted() {
            json.beginObject()
            json.value("db", database)
            json.beginArray("layouts")
            for (type, amount) in layouts(database) {
                json.beginObject()
                json.value("type", type.valueTypeName)
                json.value("encoding", type.name)
                Self.write(amount, to: &json)
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        json.endArray()
        json.beginArray("expiry")
        for range in ExpiryRange.allCases {
            json.beginObject()
            json.value("range", range.text)
            Self.write(expiry[range.rawValue], to: &json)
            json.endObject()
        }
        json.endArray()
        json.beginArray("largest")
        for key in largest {
            json.beginObject()
            json.value("db", key.database)
            key.key.withSlice { json.value("key", $0) }
            json.value("type", key.type.valueTypeName)
            json.value("encoding", key.type.name)
            json.value("bytes", key.size)
            if let deadline = key.deadline { json.value("expires_at_ms", Int(deadline)) }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.finish()
    }

    private static func write(_ amount: Amount, to json: inout JSONText) {
        json.value("keys", amount.keys)
        json.value("bytes", amount.size)
    }
}
