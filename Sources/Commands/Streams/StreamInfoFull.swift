import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let infoStream = DataCommand(
        CommandDeclaration(
            "stream", of: "xinfo", arity: -3, [.readOnly], categories: [.stream],
            keys: [.key([.readOnly, .access], at: 2)],
            docs: CommandDocs(
                "Describes a stream.", complexity: "O(1)", since: "5.0.0", group: .stream,
                arguments: [
                    .key(),
                    .block(
                        "full-block", .optional,
                        [.word("full", "FULL"), .integer("count", token: "COUNT", .optional)]),
                ],
                history: [
                    ("6.0.0", "Added the `FULL` modifier."),
                    (
                        "7.0.0",
                        "Added the `max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, `entries-read` and `lag` fields"
                    ),
                    (
                        "7.2.0",
                        "Added the `active-time` field, and changed the meaning of `seen-time`."
                    ),
                ]))
    ) { arguments, execution throws(CommandError) in
        // What a stream is comes before what is asked of it, as in Redis.
        guard let stream = try execution.stream(at: arguments[2]) else { throw .noSuchKey }
        let countMax = try fullCount(arguments)
        let replies = execution.replies
        replies.map(countMax == nil ? 10 : 9)
        replies.streamCounters(of: stream)
        if let countMax {
            replies.bulk("entries")
            var entries = StreamIterator(stream)
            replies.streamEntries(&entries, countMax: min(countMax, stream.length))
            replies.bulk("groups")
            replies.array(stream.groupCount)
            stream.forEachGroup { replies.fullGroup($0, countMax: countMax) }
        } else {
            replies.bulk("groups")
            replies.integer(stream.groupCount)
            replies.bulk("first-entry")
            replies.streamEdge(of: stream, isReverse: false)
            replies.bulk("last-entry")
            replies.streamEdge(of: stream, isReverse: true)
        }
    }

    /// How many entries of each kind `FULL` asks for; nothing without it.
    private static func fullCount(_ arguments: Slices) throws(CommandError) -> Int? {
        guard arguments.count > 3 else { return nil }
        guard arguments[3].isWord("full"), arguments.count == 4 || arguments.count == 6,
            arguments.count == 4 || arguments[4].isWord("count")
        else { throw .subcommandSyntax(arguments[1], of: "XINFO") }
        let standard = 10
        guard arguments.count == 6 else { return standard }
        let count = try arguments.integer(5)
        return count == 0 ? .max : count < 0 ? standard : Int(count)
    }
}

extension ReplyWriter {
    /// Seven pairs: what a stream counts and remembers.
    fileprivate func streamCounters(of stream: Stream) {
        bulk("length")
        integer(stream.length)
        // Redis keeps the nodes in a radix tree; here the nodes themselves are counted, and a root.
        bulk("radix-tree-keys")
        integer(stream.nodeCount)
        bulk("radix-tree-nodes")
        integer(stream.nodeCount + 1)
        bulk("last-generated-id")
        streamID(stream.lastID)
        bulk("max-deleted-entry-id")
        streamID(stream.maxDeletedID)
        bulk("entries-added")
        integer(Int64(bitPattern: stream.entriesAdded))
        bulk("recorded-first-entry-id")
        streamID(stream.firstID)
    }

    /// The first or the last entry, or null.
    fileprivate func streamEdge(of stream: Stream, isReverse: Bool) {
        var entries = StreamIterator(stream, isReverse: isReverse)
        if entries.next() { streamEntry(&entries) } else { null() }
    }

    fileprivate func fullGroup(_ group: StreamGroup, countMax: Int) {
        map(7)
        bulk("name")
        bulk(group.name)
        groupPosition(of: group)
        bulk("pel-count")
        integer(group.pendingCount)
        bulk("pending")
        array(min(countMax, group.pendingCount))
        var pending = PendingIterator(group)
        for _ in 0..<min(countMax, group.pendingCount) {
            guard let entry = pending.next() else { break }
            array(4)
            streamID(entry.id)
            bulk(group.consumer(numbered: entry.consumer).name)
            integer(entry.deliveryTime)
            integer(Int64(bitPattern: entry.deliveryCount))
        }
        bulk("consumers")
        array(group.consumerCount)
        group.forEachConsumer { fullConsumer($0, countMax: countMax) }
    }

    private func fullConsumer(_ consumer: StreamConsumer, countMax: Int) {
        map(5)
        bulk("name")
        bulk(consumer.name)
        bulk("seen-time")
        integer(consumer.seenTime)
        bulk("active-time")
        integer(consumer.activeTime)
        bulk("pel-count")
        integer(consumer.pendingCount)
        bulk("pending")
        array(min(countMax, consumer.pendingCount))
        var pending = PendingIterator(consumer)
        for _ in 0..<min(countMax, consumer.pendingCount) {
            guard let entry = pending.next() else { break }
            array(3)
            streamID(entry.id)
            integer(entry.deliveryTime)
            integer(Int64(bitPattern: entry.deliveryCount))
        }
    }
}
