import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xreadgroup = DataCommand(
        CommandDeclaration(
            "xreadgroup", arity: -7, [.write, .blocking, .movableKeys], categories: [.stream],
            keys: [
                KeySpecification(
                    [.readOnly, .access], begin: .keyword("STREAMS", from: 4),
                    find: .range(last: -1, step: 1, limit: 2))
            ],
            docs: xreadgroupDocs)
    ) { arguments, execution throws(CommandError) in
        let options = try StreamReadOptions(arguments, isOfGroup: true, now: execution.now)
        guard let groupIndex = options.groupIndex else { throw .syntax }
        for key in options.keys {
            let group = try group(arguments, key: key, group: groupIndex, &execution)
            guard group != nil else {
                throw .noGroup(
                    "NOGROUP No such key '", key: arguments[key], "' or consumer group '",
                    group: arguments[groupIndex], "' in XREADGROUP with GROUP option")
            }
            _ = try start(arguments, options.idIndex(ofKey: key))
        }

        var list = StreamListReply()
        for key in options.keys {
            guard let group = try group(arguments, key: key, group: groupIndex, &execution) else {
                continue
            }
            let start = try start(arguments, options.idIndex(ofKey: key))
            let consumer = seenConsumer(
                arguments[groupIndex + 1], of: group, key: arguments[key], &execution)
            if let start {
                list.begin(arguments[key], among: options.keys.count, execution.replies)
                replyHistory(
                    of: consumer, behind: start, countMax: options.countMax,
                    key: arguments[key], &execution)
            } else if let first = group.lastID.next {
                var entries = StreamIterator(group.stream, from: first)
                guard entries.next() else { continue }
                list.begin(arguments[key], among: options.keys.count, execution.replies)
                deliver(
                    &entries, to: consumer, options, key: arguments[key], &execution)
            }
        }
        if list.end(execution.replies) { return }
        guard let timeout = options.timeout, execution.mayBlock else {
            return execution.replies.nullArray()
        }
        execution.block(
            on: options.keys, holding: .stream, for: timeout, endsWithoutKey: true)
    }

    /// The group that a request names, of one of its keys.
    private static func group(
        _ arguments: Slices, key: Int, group: Int, _ execution: inout Execution
    ) throws(CommandError) -> StreamGroup? {
        try execution.streamOfReader(at: execution.key(arguments[key]))?
            .group(arguments[group])
    }

    /// The identifier behind which a consumer's history is read; nothing for new entries.
    private static func start(
        _ arguments: Slices, _ index: Int
    ) throws(CommandError) -> StreamID? {
        let word = arguments[index].untilZero
        if word == ">" { return nil }
        if word == "$" || word == "+" {
            throw .quoting(
                "ERR The ", word,
                """
                 ID is meaningless in the context of XREADGROUP: you want to read the history of \
                this consumer by specifying a proper ID, or use the > ID to get new messages. The \
                \(word.text) ID would just return an empty result set.
                """)
        }
        let id = try arguments.streamID(index)
        return id == .max ? nil : id
    }

    /// The consumer of a name, made if need be, and seen now.
    static func seenConsumer(
        _ name: ByteSlice, of group: StreamGroup, key: ByteSlice, _ execution: inout Execution
    ) -> StreamConsumer {
        guard let consumer = group.consumer(name) else {
            let made = group.addConsumer(name, now: execution.now)
            execution.database.valueChangedQuietly(
                execution.key(key), .stream("xgroup-createconsumer"))
            execution.changed()
            execution.keepConsumer(name, key: key, group: group.name)
            return made
        }
        consumer.seenTime = execution.now
        return consumer
    }

    /// Answers with the entries that an iterator reaches, from the one that it has reached on, and
    /// notes that they were delivered.
    private static func deliver(
        _ entries: inout StreamIterator, to consumer: StreamConsumer,
        _ options: StreamReadOptions, key: ByteSlice, _ execution: inout Execution
    ) {
        let group = consumer.group
        let countMax = min(options.countMax, group.stream.length)
        let head = execution.replies.deferredArray(countMax: countMax)
        var claims = ClaimRecords(key: key, consumer: consumer)
        var position = GroupPosition(of: group)
        var count = 0
        repeat {
            let id = entries.id
            position.advance(to: id, in: group.stream)
            execution.replies.streamEntry(&entries)
            count += 1
            if options.needsNoAcknowledgement { continue }
            let entry = PendingEntry(
                id: id, deliveryTime: execution.now, deliveryCount: 1, consumer: consumer.number)
            group.setPending(entry)
            claims.append(entry, &execution)
        } while count < countMax && entries.next()
        execution.replies.settle(head, count: count)

        group.lastID = position.lastID
        group.entriesRead = position.entriesRead
        if !options.needsNoAcknowledgement { consumer.activeTime = execution.now }
        execution.database.valueChangedQuietly(execution.key(key))
        execution.changed()
        claims.end(&execution)
        execution.keepPosition(of: group, key: key)
    }

    /// Answers with what is pending for a consumer behind an identifier, and counts that as one more
    /// delivery. Of what was deleted meanwhile, only the identifier is left.
    private static func replyHistory(
        of consumer: StreamConsumer, behind id: StreamID, countMax: Int, key: ByteSlice,
        _ execution: inout Execution
    ) {
        let group = consumer.group
        let countMax = min(countMax, consumer.pendingCount)
        let head = execution.replies.deferredArray(countMax: countMax)
        var claims = ClaimRecords(key: key, consumer: consumer)
        var pending = PendingIterator(consumer, from: id.next ?? .max)
        var count = 0
        var delivered = 0
        while count < countMax, var entry = pending.next() {
            count += 1
            var entries = StreamIterator(group.stream, from: entry.id, through: entry.id)
            guard entries.next() else {
                execution.replies.array(2)
                execution.replies.streamID(entry.id)
                execution.replies.nullArray()
                continue
            }
            execution.replies.streamEntry(&entries)
            delivered += 1
            entry.deliveryTime = execution.now
            entry.deliveryCount &+= 1
            group.setPending(entry)
            claims.append(entry, &execution)
        }
        execution.replies.settle(head, count: count)
        guard delivered > 0 else { return }
        execution.database.valueChangedQuietly(execution.key(key))
        execution.changed()
        claims.end(&execution)
    }

    private static let xreadgroupDocs = CommandDocs(
        "Delivers entries of streams to a consumer of a group, or waits for some.",
        complexity:
            "For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data.",
        since: "5.0.0", group: .stream,
        arguments: [
            ArgumentDocs(
                "group-block", .block, token: "GROUP",
                parts: [.string("group"), .string("consumer")]),
            .integer("count", token: "COUNT", .optional),
            .integer("milliseconds", token: "BLOCK", .optional), .word("noack", "NOACK", .optional),
            ArgumentDocs(
                "streams", .block, token: "STREAMS",
                parts: [.key("key", .multiple), .string("id", .multiple)]),
        ])
}
