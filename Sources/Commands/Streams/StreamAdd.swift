import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xadd = DataCommand(
        CommandDeclaration(
            "xadd", arity: -5, [.write, .denyOOM, .fast], categories: [.stream],
            keys: [
                .key(
                    [.readWrite, .update],
                    notes: "UPDATE instead of INSERT because of the optional trimming feature")
            ],
            tips: ["nondeterministic_output"], docs: xaddDocs)
    ) { arguments, execution throws(CommandError) in
        let options = try StreamAddOptions(
            arguments, entriesMax: execution.streamNodeEntriesMax,
            isReplaying: execution.isReplaying)
        let key = execution.key(arguments[1])
        let found = try execution.streamForChange(at: key)
        guard found != nil || options.makesStream else { return execution.replies.null() }
        let id = try newID(options.id, behind: found?.lastID ?? .min, now: execution.now)
        let pairs = arguments.dropFirst(options.idIndex + 1)
        guard fits(pairs) else { throw .text("ERR Elements are too large to be stored") }

        let stream = found ?? Stream.make()
        if found == nil { execution.database.insert(stream.value, at: key) }
        stream.append(id, pairs, limits: execution.streamNodeLimits)
        let trimmed = options.trim.rule.map {
            stream.trim($0, wholeNodes: options.trim.isApproximate, limit: options.trim.limit)
        }
        execution.database.valueChanged(key, .stream("xadd"))
        if let trimmed, trimmed > 0 { execution.database.notify(.stream("xtrim"), key) }
        execution.changed()

        let text = execution.written { $0.append(id) }
        execution.replies.bulk(text)
        if options.trim.isApproximate {
            keepExactTrim(arguments, options, id, of: stream, &execution)
        } else if options.id != .exact(id) {
            execution.keep(arguments, with: text, at: options.idIndex)
        }
    }

    /// The identifier of a new entry; it is greater than the last.
    private static func newID(
        _ wanted: NewStreamID, behind last: StreamID, now: Int64
    ) throws(CommandError) -> StreamID {
        guard let next = last.next else {
            throw .text(
                "ERR The stream has exhausted the last possible ID, unable to add more items")
        }
        let id: StreamID
        switch wanted {
        case .automatic:
            let milliseconds = UInt64(max(now, 0))
            return milliseconds > last.milliseconds
                ? StreamID(milliseconds: milliseconds, sequence: 0) : next
        case .automaticSequence(let milliseconds):
            // The next one may be of a later millisecond, which was not asked for.
            id =
                milliseconds == last.milliseconds && next.milliseconds == milliseconds
                ? next : StreamID(milliseconds: milliseconds, sequence: 0)
        case .exact(let exact): id = exact
        }
        guard id > last else {
            throw .text(
                """
                ERR The ID specified in XADD is equal or smaller than the target stream top item
                """)
        }
        return id
    }

    private static func fits(_ pairs: Slices) -> Bool {
        var size = 0
        for index in 0..<pairs.count { size += pairs[index].count }
        return size <= StreamNode.sizeMax
    }

    /// Keeps the command with its identifier, and with how much of the stream is left instead of
    /// about how much was to be.
    private static func keepExactTrim(
        _ arguments: Slices, _ options: StreamAddOptions, _ id: StreamID, of stream: Stream,
        _ execution: inout Execution
    ) {
        var words = RecordWords()
        words.append("XADD")
        words.append(arguments[1])
        words.append(exactTrimOf: stream, options.trim)
        words.append(id)
        for index in (options.idIndex + 1)..<arguments.count { words.append(arguments[index]) }
        words.keep(&execution)
    }

    private static let xaddDocs = CommandDocs(
        "Appends an entry to a stream, which it makes if need be, and may cut the front off.",
        complexity:
            "O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.",
        since: "5.0.0", group: .stream,
        arguments: [
            .key(), .word("nomkstream", "NOMKSTREAM", .optional, since: "6.2.0"),
            .block(
                "trim", .optional,
                [
                    .oneOf(
                        "strategy",
                        [.word("maxlen", "MAXLEN"), .word("minid", "MINID", since: "6.2.0")]),
                    .oneOf(
                        "operator", .optional, [.word("equal", "="), .word("approximately", "~")]),
                    .string("threshold"),
                    .integer("count", token: "LIMIT", .optional, since: "6.2.0"),
                ]), .oneOf("id-selector", [.word("auto-id", "*"), .string("id")]),
            .block("data", .multiple, [.string("field"), .string("value")]),
        ],
        history: [
            (
                "6.2.0",
                "Added the `NOMKSTREAM` option, `MINID` trimming strategy and the `LIMIT` option."
            ), ("7.0.0", "Added support for the `<ms>-*` explicit ID form."),
        ])
}
