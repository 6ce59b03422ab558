import Bytes
import Configuration
import Foundation
import Structures
import Testing

@testable import Keyspace
@testable import Persistence

/// A payload of `Tests/Data/rdb/payloads.txt`.
struct ValueSample: Sendable, CustomTestStringConvertible {
    let name: String
    let payload: [UInt8]

    var testDescription: String { name }

    /// Whether it needs version 12.
    var hasDeadlines: Bool { name.contains("-md") }

    static let all: [ValueSample] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = tests.deletingLastPathComponent().appendingPathComponent(
            "Data/rdb/payloads.txt")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return ValueSample(name: String(words[0]), payload: [UInt8](hex: String(words[2])))
        }
    }()
}

/// What a value holds, in an order of its own where it has none.
struct ValueContents: Hashable {
    let type: ValueType
    let parts: [[String]]

    init(_ value: StoredValue) {
        var records = ByteBuffer()
        "large".withSlice { key in
            var writer = RecordWriter(value, key: key)
            // Parts of any size are the same in the end.
            while writer.append(to: &records, size: 1000) {}
        }
        self.init(records: records.bytes.array, of: value.type)
    }

    /// - Parameter records: what makes the value, of any one key; a `SELECT` counts for nothing.
    init(records: [UInt8], of type: ValueType) {
        self.type = type
        var parts: [[String]] = []
        for words in Self.words(records) where words[0] != "SELECT" {
            let elements = Array(words[2...])
            switch words[0] {
            case "RPUSH", "SADD": parts += elements.map { [$0] }
            case "ZADD", "HMSET":
                for index in stride(from: 0, to: elements.count, by: 2) {
                    parts.append(Array(elements[index...(index + 1)]))
                }
            default: parts.append([words[0]] + words[2...])
            }
        }
        self.parts =
            type == .list || type == .stream
            ? parts : parts.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The words of requests that follow each other; bytes are characters.
    private static func words(_ bytes: [UInt8]) -> [[String]] {
        var requests: [[String]] = []
        var position = 0
        func number() -> Int {
            position += 1
            var value = 0
            while bytes[position] != 0x0d {
                value = value * 10 + Int(bytes[position] - 0x30)
                position += 1
            }
            position += 2
            return value
        }
        while position < bytes.count {
            var words: [String] = []
            for _ in 0..<number() {
                let count = number()
                words.append(
                    String(
                        String.UnicodeScalarView(
                            bytes[position..<(position + count)].map { Unicode.Scalar($0) })))
                position += count + 2
            }
            requests.append(words)
        }
        return requests
    }
}

extension StoredValue {
    /// Traps if the value contradicts itself.
    func checkInvariants() {
        switch encoding {
        case .integer, .embedded, .raw: break
        case .listpack, .listpackExpiring: run.checkInvariants()
        case .intset: intset.checkInvariants()
        case .quicklist: ListView(self).quicklist?.checkInvariants()
        case .hashtable: table.checkInvariants()
        case .skiplist: SortedSet(self).checkInvariants()
        case .stream: ValueStream(self).checkInvariants()
        }
    }
}
