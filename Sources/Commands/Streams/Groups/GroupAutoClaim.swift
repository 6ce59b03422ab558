import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xautoclaim = DataCommand(
        CommandDeclaration(
            "xautoclaim", arity: -6, [.write, .fast], categories: [.stream],
            keys: [.key([.readWrite, .delete])], tips: ["nondeterministic_output"],
            docs: xautoclaimDocs)
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        // Redis counts hit or miss of the key before it reads the options.
        let isThere = execution.database.entryUnmarked(of: key) != nil
        let options = try AutoClaimOptions(arguments)
        guard isThere,
            let group = try execution.streamForChange(at: key)?.group(arguments[2])
        else {
            throw .noGroupToClaimFrom(key: arguments[1], group: arguments[2])
        }

        let consumer = seenConsumer(arguments[3], of: group, key: arguments[1], &execution)
        var claim = Claim(key: arguments[1], consumer: consumer, isJustID: options.isJustID)
        // The cursor stands before what is claimed, but is known only then.
        let replies = execution.replies
        replies.array(3)
        let start = replies.buffer.value.count
        let head = replies.deferredArray(countMax: min(options.countMax, group.pendingCount))
        var deleted: [StreamID] = []
        let cursor = scan(group, options, &claim, &deleted, &execution)
        replies.settle(head, count: claim.count)
        claim.end(&execution)
        if claim.hasChanged { execution.database.valueChangedQuietly(key) }

        var claimed = ByteBuffer()
        claimed.append(replies.buffer.value.bytes[start...])
        replies.buffer.value.truncate(to: start)
        replies.streamID(cursor)
        replies.buffer.value.append(claimed.bytes)
        replies.array(deleted.count)
        for id in deleted { replies.streamID(id) }
    }

    /// Claims what is pending for long enough, and returns where to go on, or 0-0.
    private static func scan(
        _ group: StreamGroup, _ options: AutoClaimOptions, _ claim: inout Claim,
        _ deleted: inout [StreamID], _ execution: inout Execution
    ) -> StreamID {
        var left = options.countMax
        var attempts = options.countMax * AutoClaimOptions.attemptsFactor
        var next: StreamID? = options.start
        while let id = next, let pending = group.firstPending(from: id) {
            guard left > 0, attempts > 0 else { return pending.id }
            attempts -= 1
            next = pending.id.next
            if !group.stream.contains(pending.id) {
                claim.forget(pending.id, &execution)
                deleted.append(pending.id)
                left -= 1
                continue
            }
            let idle = execution.now &- pending.deliveryTime
            if options.idleMin > 0, idle < options.idleMin { continue }
            var entry = pending
            entry.deliveryTime = execution.now
            if !options.isJustID { entry.deliveryCount &+= 1 }
            claim.take(entry, &execution)
            left -= 1
        }
        return .min
    }

    private static let xautoclaimDocs = CommandDocs(
        "Makes a consumer the owner of entries that are pending for long.",
        complexity: "O(1) if COUNT is small.", since: "6.2.0", group: .stream,
        arguments: [
            .key(), .string("group"), .string("consumer"), .string("min-idle-time"),
            .string("start"), .integer("count", token: "COUNT", .optional),
            .word("justid", "JUSTID", .optional),
        ],
        history: [
            (
                "7.0.0",
                "Added an element to the reply array, containing deleted entries the command cleared from the PEL"
            )
        ])
}

/// The words behind `XAUTOCLAIM key group consumer`.
struct AutoClaimOptions: Equatable {
    /// How many pending entries are looked at for each that may be claimed.
    static let attemptsFactor = 10
    /// Milliseconds since the last delivery, at least.
    let idleMin: Int64
    let start: StreamID
    /// Entries to claim at the most.
    private(set) var countMax = 100
    /// Whether only identifiers are the answer, and the claim does not count as a delivery.
    private(set) var isJustID = false

    init(_ arguments: Slices) throws(CommandError) {
        guard let idle = arguments[4].integer else {
            throw .text("ERR Invalid min-idle-time argument for XAUTOCLAIM")
        }
        idleMin = max(idle, 0)
        start = try arguments.streamRangeStart(5)
        var index = 6
        while index < arguments.count {
            if arguments[index].isWord("count"), index + 1 < arguments.count {
                // So many that the attempts and the deleted identifiers can be counted.
                let range = 1...(Int64.max / 16)
                guard let count = arguments[index + 1].integer, range.contains(count) else {
                    throw .text("ERR COUNT must be > 0")
                }
                countMax = Int(count)
                index += 2
            } else if arguments[index].isWord("justid") {
                isJustID = true
                index += 1
            } else {
                throw .syntax
            }
        }
    }
}
