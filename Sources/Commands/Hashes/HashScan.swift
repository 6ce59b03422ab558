import Bytes
import Keyspace
import RESP
import Structures

extension HashCommands {
    static let hscan = DataCommand(
        CommandDeclaration(
            "hscan", arity: -3, [.readOnly], categories: [.hash],
            keys: [.key([.readOnly, .access])], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Lists the fields of a hash piece by piece, with or without their values.",
                complexity: """
                    O(1) for every call. O(N) for a complete iteration, including enough command \
                    calls for the cursor to return back to 0. N is the number of elements inside \
                    the collection.
                    """,
                since: "2.8.0", group: .hash,
                arguments: [
                    .key(), .integer("cursor"), .pattern(token: "MATCH", .optional),
                    .integer("count", token: "COUNT", .optional),
                    .word("novalues", "NOVALUES", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let start = ScanCursor(try ScanOptions.cursor(arguments[2]))
        guard let hash = try execution.hash(at: arguments[1]) else {
            execution.replies.array(2)
            execution.replies.bulk("0")
            return execution.replies.array(0)
        }
        let options = try ScanOptions(arguments, from: 3, takesType: false, takesNoValues: true)
        scan(hash, from: start, options, execution.replies)
    }

    private static func scan(
        _ hash: HashView, from start: ScanCursor, _ options: ScanOptions, _ replies: ReplyWriter
    ) {
        var found: [HashField] = []
        var scratch = ByteBuffer()
        var visited: Int64 = 0
        var cursor = start
        repeat {
            cursor = hash.scan(from: cursor) { field in
                visited += 1
                if options.matches(field.field.text(using: &scratch)) { found.append(field) }
            }
        } while cursor != .start && visited < options.count

        replies.array(2)
        replies.bulk(decimal: Int64(cursor.number))
        replies.array(options.hasNoValues ? found.count : found.count * 2)
        for field in found {
            replies.string(field.field)
            if !options.hasNoValues { replies.string(field.value) }
        }
    }
}
