import Bytes

/// A key in which two files differ.
struct RDBDifference {
    enum Kind {
        case onlyInFirst
        case onlyInSecond
        case changed([Change])
    }

    enum Change {
        case type(String, String)
        case value
        /// Unix milliseconds.
        case deadline(Int64?, Int64?)

        var text: String {
            switch self {
            case .type(let first, let second): "type \(first), then \(second)"
            case .value: "value"
            case .deadline(let first, let second):
                "expiry \(first.map { String($0) } ?? "none"), then "
                    + "\(second.map { String($0) } ?? "none")"
            }
        }

        var word: String {
            switch self {
            case .type: "type"
            case .value: "value"
            case .deadline: "expiry"
            }
        }
    }

    struct Counts {
        var onlyInFirst = 0
        var onlyInSecond = 0
        var changed = 0
        var same = 0

        var areNone: Bool { onlyInFirst + onlyInSecond + changed == 0 }
    }

    let database: Int
    let key: ByteString
    let kind: Kind

    /// `-` only in the first file, `+` only in the second, `~` in both and different.
    var line: String {
        let name = "db \(database) \(key.withSlice { Quoting.represent($0) })"
        switch kind {
        case .onlyInFirst: return "- \(name)"
        case .onlyInSecond: return "+ \(name)"
        case .changed(let changes):
            return "~ \(name): \(changes.map(\.text).joined(separator: "; "))"
        }
    }

    func write(to json: inout JSONText) {
        json.beginObject()
        json.value("db", database)
        key.withSlice { json.value("key", $0) }
        switch kind {
        case .onlyInFirst: json.value("kind", "only_in_first")
        case .onlyInSecond: json.value("kind", "only_in_second")
        case .changed(let changes):
            json.value("kind", "changed")
            json.beginArray("changes")
            for change in changes { json.value(nil, change.word) }
            json.endArray()
        }
        json.endObject()
    }
}

extension RDBDiff {
    mutating func runAsText(_ output: ToolOutput) throws(ToolFailure) -> Bool {
        let isSame = try run { output.line($0.line) }
        output.line(
            "\(counts.onlyInFirst) only in the first, \(counts.onlyInSecond) only in the second, "
                + "\(counts.changed) changed, \(counts.same) the same")
        return isSame
    }

    mutating func runAsJSON(_ output: ToolOutput) throws(ToolFailure) -> Bool {
        var json = JSONText(to: output)
        json.beginObject()
        json.beginArray("differences")
        let isSame = try run { difference in
            json.breakLine()
            difference.write(to: &json)
        }
        json.endArray()
        json.value("only_in_first", counts.onlyInFirst)
        json.value("only_in_second", counts.onlyInSecond)
        json.value("changed", counts.changed)
        json.value("same", counts.same)
        json.endObject()
        json.finish()
        return isSame
    }
}
