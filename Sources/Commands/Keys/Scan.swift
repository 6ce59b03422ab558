import Bytes
import Keyspace
import RESP
import Structures

extension KeyCommands {
    static let scan = DataCommand(
        CommandDeclaration(
            "scan", arity: -2, [.readOnly], categories: [.keyspace],
            tips: [
                "nondeterministic_output", "request_policy:special", "response_policy:special",
            ],
            docs: CommandDocs(
                "Lists the keys of the database piece by piece.",
                complexity: """
                    O(1) for every call. O(N) for a complete iteration, including enough command \
                    calls for the cursor to return back to 0. N is the number of elements inside \
                    the collection.
                    """,
                since: "2.8.0", group: .generic,
                arguments: [
                    .integer("cursor"), .pattern(token: "MATCH", .optional),
                    .integer("count", token: "COUNT", .optional),
                    .string("type", token: "TYPE", .optional, since: "6.0.0"),
                ],
                history: [("6.0.0", "Added the `TYPE` subcommand.")]))
    ) { arguments, execution throws(CommandError) in
        let cursor = try ScanOptions.cursor(arguments[1])
        let options = try ScanOptions(arguments, from: 2, takesType: true)
        scan(from: ScanCursor(cursor), options, &execution)
    }

    private static func scan(
        from start: ScanCursor, _ options: ScanOptions, _ execution: inout Execution
    ) {
        let database = execution.database
        let expires = database.shared.value.expiresOnAccess
        var found: [Entry] = []
        var past: [ByteString] = []
        var visited: Int64 = 0
        database.seeEverything()

        var cursor = start
        // Empty buckets count as well, ten to a key, or an empty database would be one long call.
        var buckets = options.count.multipliedReportingOverflow(by: 10).partialValue
        if buckets <= 0 { buckets = .max }
        repeat {
            cursor = database.scan(from: cursor) { entry in
                visited += 1
                guard options.matches(entry.key) else { return }
                if expires, database.isPast(entry) {
                    past.append(ByteString(entry.key))
                } else if options.type.map({ $0.isWord(entry.type.name) }) ?? true {
                    found.append(entry)
                }
            }
            buckets -= 1
        } while cursor != .start && visited < options.count && buckets > 0

        execution.replies.array(2)
        execution.replies.bulk(decimal: Int64(cursor.number))
        execution.replies.array(found.count)
        for entry in found { execution.replies.bulk(entry.key) }
        // Only now may the table change.
        for key in past { key.withSlice { _ = database.contains(Key($0)) } }
    }
}
