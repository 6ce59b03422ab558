import Bytes
import Keyspace
import RESP
import Structures

extension SetCommands {
    static let sscan = DataCommand(
        CommandDeclaration(
            "sscan", arity: -3, [.readOnly], categories: [.set],
            keys: [.key([.readOnly, .access])], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Lists the members of a set piece by piece.",
                complexity: """
                    O(1) for every call. O(N) for a complete iteration, including enough command \
                    calls for the cursor to return back to 0. N is the number of elements inside \
                    the collection.
                    """,
                since: "2.8.0", group: .set,
                arguments: [
                    .key(), .integer("cursor"), .pattern(token: "MATCH", .optional),
                    .integer("count", token: "COUNT", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let start = try ScanOptions.cursor(arguments[2])
        let replies = execution.replies
        guard let set = try execution.set(of: arguments[1]) else {
            replies.array(2)
            replies.bulk("0")
            return replies.array(0)
        }
        let options = try ScanOptions(arguments, from: 3, takesType: false)

        // The next cursor stands before the members, which are therefore collected first.
        var found: [StringValue] = []
        var scratch = ByteBuffer()
        var visited: Int64 = 0
        var cursor = ScanCursor(start)
        repeat {
            cursor = set.scan(from: cursor) { member in
                visited += 1
                if options.matches(member.text(using: &scratch)) { found.append(member) }
            }
        } while cursor != .start && visited < options.count
        replies.array(2)
        replies.bulk(decimal: Int64(bitPattern: cursor.number))
        replies.array(found.count)
        for member in found { replies.member(member) }
    }
}
