import Bytes
import Keyspace
import RESP

extension SortedSetCommands {
    static let zscan = DataCommand(
        CommandDeclaration(
            "zscan", arity: -3, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Lists the members of a sorted set with their scores piece by piece.",
                complexity: """
                    O(1) for every call. O(N) for a complete iteration, including enough \
                    command calls for the cursor to return back to 0. N is the number of \
                    elements inside the collection..
                    """,
                since: "2.8.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .integer("cursor"),
                    .pattern("pattern", token: "MATCH", .optional),
                    .integer("count", token: "COUNT", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let cursor = try ScanOptions.cursor(arguments[2])
        let set = try execution.sortedSet(execution.key(arguments[1]))
        guard let set else {
            execution.replies.array(2)
            execution.replies.bulk("0")
            return execution.replies.array(0)
        }
        let options = try ScanOptions(arguments, from: 3, takesType: false)
        let isSmall = set.value.encoding == .listpack
        var found = 0
        var text = ByteBuffer(capacity: 32)
        var listed = ByteBuffer()
        // What is found is written aside first, since its number stands before it.
        let next = set.scan(from: cursor, count: Int(clamping: options.count)) { member, score in
            let name = member.text(using: &text)
            guard options.matches(name) else { return }
            found += 2
            listed.append(bulk: name)
            var digits = ByteBuffer(capacity: 32)
            // A small set has its scores as texts; those of a large one are written for people who
            // compare them with older versions.
            if isSmall {
                digits.append(shortest: score)
            } else {
                digits.append(seventeenDigits: score)
            }
            listed.append(bulk: digits.bytes)
        }
        execution.replies.array(2)
        execution.replies.bulk(decimal: Int64(bitPattern: next))
        execution.replies.array(found)
        execution.replies.buffer.value.append(listed.bytes)
    }
}

extension ByteBuffer {
    fileprivate mutating func append(bulk bytes: ByteSlice) {
        append(UInt8(ascii: "$"))
        append(decimal: Int64(bytes.count))
        append("\r\n")
        append(bytes)
        append("\r\n")
    }
}
