/// A reply of the protocol, as far as the simulation's requests produce them.
enum ModelReply: Hashable {
    case simple(String)
    case error(String)
    case integer(Int)
    case bulk(String?)
    case array([ModelReply])

    var isError: Bool { if case .error = self { true } else { false } }

    /// The first word of an error; nil for anything else.
    var errorWord: Substring? {
        if case .error(let text) = self { text.prefix { $0 != " " } } else { nil }
    }

    /// Takes one whole reply from the front of what was received; nil when there is none yet.
    static func take(from bytes: inout [UInt8]) -> ModelReply? {
        var position = 0
        guard let reply = parse(bytes, &position) else { return nil }
        bytes.removeFirst(position)
        return reply
    }

    private static func parse(_ bytes: [UInt8], _ position: inout Int) -> ModelReply? {
        guard let end = bytes[position...].firstIndex(of: 0x0a), end > position else { return nil }
        let line = String(decoding: bytes[(position + 1)..<(end - 1)], as: UTF8.self)
        let kind = bytes[position]
        position = end + 1
        switch kind {
        case UInt8(ascii: "+"): return .simple(line)
        case UInt8(ascii: "-"): return .error(line)
        case UInt8(ascii: ":"): return .integer(Int(line) ?? .min)
        case UInt8(ascii: "$"):
            guard let count = Int(line), count >= 0 else { return .bulk(nil) }
            guard bytes.count >= position + count + 2 else { return nil }
            defer { position += count + 2 }
            return .bulk(String(decoding: bytes[position..<(position + count)], as: UTF8.self))
        case UInt8(ascii: "*"):
            guard let count = Int(line), count >= 0 else { return .bulk(nil) }
            var elements: [ModelReply] = []
            for _ in 0..<count {
                guard let element = parse(bytes, &position) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        default: return .error("PROTOCOL \(kind) \(line)")
        }
    }
}
