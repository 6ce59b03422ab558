import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xtrim = DataCommand(
        CommandDeclaration(
            "xtrim", arity: -4, [.write], categories: [.stream],
            keys: [.key([.readWrite, .delete])], tips: ["nondeterministic_output"],
            docs: xtrimDocs)
    ) { arguments, execution throws(CommandError) in
        let options = try StreamTrimOptions(
            trim: arguments, entriesMax: execution.streamNodeEntriesMax,
            isReplaying: execution.isReplaying)
        let key = execution.key(arguments[1])
        guard let stream = try execution.streamForChange(at: key), let rule = options.rule else {
            return execution.replies.integer(0)
        }

        let removed = stream.trim(
            rule, wholeNodes: options.isApproximate, limit: options.limit)
        if removed > 0 {
            execution.database.valueChanged(key, .stream("xtrim"))
            execution.changed(removed)
            if options.isApproximate {
                var words = RecordWords()
                words.append("XTRIM")
                words.append(arguments[1])
                words.append(exactTrimOf: stream, options)
                words.keep(&execution)
            }
        }
        execution.replies.integer(removed)
    }

    private static let xtrimDocs = CommandDocs(
        "Removes entries from the front of a stream.",
        complexity:
            "O(N), with N being the number of evicted entries. Constant times are very small however, since entries are organized in macro nodes containing multiple entries that can be released with a single deallocation.",
        since: "5.0.0", group: .stream,
        arguments: [
            .key(),
            .block(
                "trim",
                [
                    .oneOf(
                        "strategy",
                        [.word("maxlen", "MAXLEN"), .word("minid", "MINID", since: "6.2.0")]),
                    .oneOf(
                        "operator", .optional, [.word("equal", "="), .word("approximately", "~")]),
                    .string("threshold"),
                    .integer("count", token: "LIMIT", .optional, since: "6.2.0"),
                ]),
        ], history: [("6.2.0", "Added the `MINID` trimming strategy and the `LIMIT` option.")])
}

extension RecordWords {
    /// What trims a stream to what it is now, whatever its nodes are.
    mutating func append(exactTrimOf stream: Stream, _ options: StreamTrimOptions) {
        switch options.rule {
        case .length?:
            append("MAXLEN")
            append("=")
            append(Int64(stream.length))
        case .minimum?:
            append("MINID")
            append("=")
            append(stream.length == 0 ? .max : stream.firstID)
        case nil: break
        }
    }
}
