import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xread = DataCommand(
        CommandDeclaration(
            "xread", arity: -4, [.readOnly, .blocking, .movableKeys], categories: [.stream],
            keys: [
                KeySpecification(
                    [.readOnly, .access], begin: .keyword("STREAMS", from: 1),
                    find: .range(last: -1, step: 1, limit: 2))
            ],
            docs: xreadDocs)
    ) { arguments, execution throws(CommandError) in
        let options = try StreamReadOptions(arguments, isOfGroup: false, now: execution.now)
        for key in options.keys {
            let stream = try execution.stream(at: arguments[key])
            _ = try start(arguments, options.idIndex(ofKey: key), of: stream)
        }
        if try reply(arguments, options, &execution) { return }

        guard let timeout = options.timeout, execution.mayBlock else {
            return execution.replies.nullArray()
        }
        try block(arguments, options, timeout, &execution)
    }

    /// Answers with what there is behind the given identifiers. Returns false, and has not answered,
    /// when there is nothing.
    private static func reply(
        _ arguments: Slices, _ options: StreamReadOptions, _ execution: inout Execution
    ) throws(CommandError) -> Bool {
        var list = StreamListReply()
        for key in options.keys {
            // Looked up once more, so that a hit or a miss counts as often as with Redis.
            let entry = execution.database.entry(of: execution.key(arguments[key]))
            guard let entry else { continue }
            let stream = Stream(entry.value)
            let id = options.idIndex(ofKey: key)
            guard let start = try start(arguments, id, of: stream).next else { continue }
            var entries = StreamIterator(stream, from: start)
            guard entries.next() else { continue }
            list.begin(arguments[key], among: options.keys.count, execution.replies)
            execution.replies.streamEntries(
                &entries, countMax: min(options.countMax, stream.length))
        }
        return list.end(execution.replies)
    }

    /// The identifier behind which a stream is read.
    private static func start(
        _ arguments: Slices, _ index: Int, of stream: Stream?
    ) throws(CommandError) -> StreamID {
        let word = arguments[index].untilZero
        if word == "$" { return stream?.lastID ?? .min }
        // The last entry itself is read.
        if word == "+" { return stream?.lastLiveID?.previous ?? .min }
        if word == ">" {
            throw .text(
                """
                ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> \
                <consumer> option.
                """)
        }
        return try arguments.streamID(index)
    }

    /// Waits for entries behind what is there now: `$` means this moment, also when the command is run
    /// again.
    private static func block(
        _ arguments: Slices, _ options: StreamReadOptions, _ timeout: Int64,
        _ execution: inout Execution
    ) throws(CommandError) {
        var text = ByteBuffer()
        var words = SliceList(capacity: arguments.count)
        // An identifier has 41 characters at the most; the text must not move.
        text.reserve(options.keys.count * 48)
        for index in 0..<arguments.count {
            let key = index - options.keys.count
            guard options.keys.contains(key), arguments[index].untilZero == "$" else {
                words.append(arguments[index])
                continue
            }
            let entry = execution.database.entryUntouched(of: execution.key(arguments[key]))
            let start = text.count
            text.append(entry.map { Stream($0.value).lastID } ?? .min)
            words.append(text.bytes[start...])
        }
        execution.block(
            on: options.keys, holding: .stream, for: timeout, rerunning: words.all)
    }

    private static let xreadDocs = CommandDocs(
        "Returns entries behind given IDs from one or more streams, or waits for some.",
        complexity: "", since: "5.0.0", group: .stream,
        arguments: [
            .integer("count", token: "COUNT", .optional),
            .integer("milliseconds", token: "BLOCK", .optional),
            ArgumentDocs(
                "streams", .block, token: "STREAMS",
                parts: [.key("key", .multiple), .string("id", .multiple)]),
        ])
}

/// The head of an answer that lists streams with their entries, of which it is not known before how
/// many there are.
struct StreamListReply {
    private var head: DeferredCount?
    private var count = 0
    /// Where the head stands in the replies.
    private var offset = 0

    /// Begins the next stream of the list; its entries are to follow.
    ///
    /// - Parameter countMax: how many streams there can be.
    mutating func begin(_ key: ByteSlice, among countMax: Int, _ replies: ReplyWriter) {
        if head == nil {
            offset = replies.buffer.value.count
            head = replies.deferredArray(countMax: countMax)
        }
        count += 1
        if !replies.isVersion3 { replies.array(2) }
        replies.bulk(key)
    }

    /// Ends the list. Returns whether there is one.
    func end(_ replies: ReplyWriter) -> Bool {
        guard let head else { return false }
        replies.settle(head, count: count)
        if replies.isVersion3 { replies.buffer.value[offset] = UInt8(ascii: "%") }
        return true
    }
}
