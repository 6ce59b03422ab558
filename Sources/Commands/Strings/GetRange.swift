import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let getrange = DataCommand(
        range("getrange", since: "2.4.0", "Returns a part of the string value of a key.")
    ) { arguments, execution throws(CommandError) in
        try replyRange(arguments, &execution)
    }

    static let substr = DataCommand(
        range(
            "substr", since: "1.0.0", deprecation: ("2.0.0", "`GETRANGE`"),
            "Returns a part of the string value of a key, under the older name.")
    ) { arguments, execution throws(CommandError) in
        try replyRange(arguments, &execution)
    }

    private static func replyRange(
        _ arguments: Slices, _ execution: inout Execution
    ) throws(CommandError) {
        let start = try arguments.integer(2)
        let end = try arguments.integer(3)
        let entry = execution.database.entry(of: execution.key(arguments[1]))
        switch try entry.requireString() {
        case nil: execution.replies.bulk("")
        case .bytes(let bytes)?: execution.replies.bulk(bytes.part(from: start, through: end))
        case let value?:
            var text = ByteBuffer()
            value.append(to: &text)
            execution.replies.bulk(text.bytes.part(from: start, through: end))
        }
    }

    private static func range(
        _ name: StaticString, since: StaticString,
        deprecation: (since: StaticString, by: StaticString)? = nil, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: 4, [.readOnly], categories: [.string], keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                summary,
                complexity: """
                    O(N) where N is the length of the returned string. The complexity is \
                    ultimately determined by the returned length, but because creating a \
                    substring from an existing string is very cheap, it can be considered O(1) \
                    for small strings.
                    """,
                since: since, group: .string,
                arguments: [.key(), .integer("start"), .integer("end")], deprecation: deprecation))
    }
}

extension ByteSlice {
    /// The bytes between two inclusive indices, of which negative ones count from the end; what
    /// lies outside is cut off.
    func part(from start: Int64, through end: Int64) -> ByteSlice {
        // Two ends that are both before the beginning and in the wrong order select nothing; the
        // cutting below would make them equal.
        if start < 0, end < 0, start > end { return .empty }
        let count = Int64(self.count)
        let first = max(0, start < 0 ? start + count : start)
        let last = min(count - 1, max(0, end < 0 ? end + count : end))
        guard first <= last else { return .empty }
        return self[Int(first)..<Int(last) + 1]
    }
}
