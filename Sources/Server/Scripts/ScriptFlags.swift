import Bytes
import Commands

/// What a script says of itself in its first line: `#!lua flags=no-writes,allow-oom`.
struct ScriptFlags: OptionSet {
    let rawValue: UInt8

    static let noWrites = ScriptFlags(rawValue: 1 << 0)
    static let allowOOM = ScriptFlags(rawValue: 1 << 1)
    static let allowStale = ScriptFlags(rawValue: 1 << 2)
    static let noCluster = ScriptFlags(rawValue: 1 << 3)
    static let allowCrossSlotKeys = ScriptFlags(rawValue: 1 << 4)
    /// It says nothing: each of its commands is judged for itself.
    static let silent = ScriptFlags(rawValue: 1 << 5)

    /// In the order in which `FUNCTION LIST` names them.
    static let names: [(flag: ScriptFlags, name: StaticString)] = [
        (.noWrites, "no-writes"), (.allowOOM, "allow-oom"), (.allowStale, "allow-stale"),
        (.noCluster, "no-cluster"), (.allowCrossSlotKeys, "allow-cross-slot-keys"),
    ]

    static func named(_ word: ByteSlice) -> ScriptFlags? {
        names.first { word == $0.name }?.flag
    }
}

/// The first line of a script.
struct Shebang {
    var flags: ScriptFlags = .silent
    /// Bytes before the script itself, which begins with the end of the line: so lines keep their
    /// numbers.
    var size = 0

    init(of body: ByteSlice) throws(CommandError) {
        guard body.hasPrefix(ByteSlice("#!")) else { return }
        guard let end = body.firstIndex(of: 0x0a) else { throw .text("ERR Invalid script shebang") }
        size = end
        // A line whose quotes are wrong has no words.
        guard let words = body[..<end].words(), let engine = words.first else {
            throw .text("ERR Invalid engine in script shebang")
        }
        guard engine == "#!lua" else {
            throw Self.refusal("ERR Unexpected engine in script shebang: ", engine)
        }
        flags = []
        for word in words.dropFirst() {
            try word.withSlice { word throws(CommandError) in
                guard word.hasPrefix(ByteSlice("flags=")) else {
                    throw Self.refusal("ERR Unknown lua shebang option: ", ByteString(word))
                }
                try read(flags: word[6...])
            }
        }
    }

    private mutating func read(flags list: ByteSlice) throws(CommandError) {
        var rest = list
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.count
            guard let flag = ScriptFlags.named(rest[..<end]) else {
                throw Self.refusal(
                    "ERR Unexpected flag in script shebang: ", ByteString(rest[..<end]))
            }
            flags.insert(flag)
            rest = rest[min(end + 1, rest.count)...]
        }
    }

    private static func refusal(_ text: StaticString, _ word: ByteString) -> CommandError {
        word.withSlice { .quoting(text, $0) }
    }
}
