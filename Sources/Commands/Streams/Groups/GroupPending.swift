import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xpending = DataCommand(
        CommandDeclaration(
            "xpending", arity: -3, [.readOnly], categories: [.stream],
            keys: [.key([.readOnly, .access])], tips: ["nondeterministic_output"],
            docs: xpendingDocs)
    ) { arguments, execution throws(CommandError) in
        let filter = arguments.count == 3 ? nil : try PendingFilter(arguments)
        guard let group = try execution.stream(at: arguments[1])?.group(arguments[2]) else {
            throw .noGroup(
                "NOGROUP No such key '", key: arguments[1], "' or consumer group '",
                group: arguments[2])
        }
        if let filter {
            reply(of: group, filter, arguments, execution)
        } else {
            replySummary(of: group, execution.replies)
        }
    }

    private static func replySummary(of group: StreamGroup, _ replies: ReplyWriter) {
        replies.array(4)
        replies.integer(group.pendingCount)
        guard let edges = group.pendingEdges else {
            replies.null()
            replies.null()
            return replies.nullArray()
        }
        replies.streamID(edges.first)
        replies.streamID(edges.last)
        let head = replies.deferredArray(countMax: group.consumerCount)
        var count = 0
        group.forEachConsumer { consumer in
            guard consumer.pendingCount > 0 else { return }
            count += 1
            replies.array(2)
            replies.bulk(consumer.name)
            replies.bulk(decimal: Int64(consumer.pendingCount))
        }
        replies.settle(head, count: count)
    }

    private static func reply(
        of group: StreamGroup, _ filter: PendingFilter, _ arguments: Slices,
        _ execution: borrowing Execution
    ) {
        let replies = execution.replies
        var pending = PendingIterator(group, from: filter.start)
        if let index = filter.consumerIndex {
            guard let consumer = group.consumer(arguments[index]) else { return replies.array(0) }
            pending = PendingIterator(consumer, from: filter.start)
        }
        let countMax = min(filter.countMax, group.pendingCount)
        let head = replies.deferredArray(countMax: countMax)
        var count = 0
        while count < countMax, let entry = pending.next(), entry.id <= filter.end {
            let idle = execution.now &- entry.deliveryTime
            guard filter.idleMin == 0 || idle >= filter.idleMin else { continue }
            count += 1
            replies.array(4)
            replies.streamID(entry.id)
            replies.bulk(group.consumer(numbered: entry.consumer).name)
            replies.integer(max(idle, 0))
            replies.integer(Int64(bitPattern: entry.deliveryCount))
        }
        replies.settle(head, count: count)
    }

    private static let xpendingDocs = CommandDocs(
        "Returns which entries of a group are pending.",
        complexity:
            "O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer.",
        since: "5.0.0", group: .stream,
        arguments: [
            .key(), .string("group"),
            .block(
                "filters", .optional,
                [
                    .integer("min-idle-time", token: "IDLE", .optional, since: "6.2.0"),
                    .string("start"), .string("end"), .integer("count"),
                    .string("consumer", .optional),
                ]),
        ], history: [("6.2.0", "Added the `IDLE` option and exclusive range intervals.")])
}

/// The words behind `XPENDING key group`.
struct PendingFilter: Equatable {
    /// Milliseconds since the last delivery, at least.
    private(set) var idleMin: Int64 = 0
    let start: StreamID
    let end: StreamID
    let countMax: Int
    /// Which argument is the consumer.
    let consumerIndex: Int?

    init(_ arguments: Slices) throws(CommandError) {
        guard arguments.count >= 6, arguments.count <= 9 else { throw .syntax }
        var index = 3
        if arguments[3].isWord("idle") {
            idleMin = try arguments.integer(4)
            guard arguments.count >= 8 else { throw .syntax }
            index = 5
        }
        countMax = max(0, Int(try arguments.integer(index + 2)))
        start = try arguments.streamRangeStart(index)
        end = try arguments.streamRangeEnd(index + 1)
        consumerIndex = index + 3 < arguments.count ? index + 3 : nil
    }
}
