import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xclaim = DataCommand(
        CommandDeclaration(
            "xclaim", arity: -6, [.write, .fast], categories: [.stream],
            keys: [.key([.readWrite, .update])], tips: ["nondeterministic_output"],
            docs: xclaimDocs)
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard let group = try execution.streamOfReader(at: key)?.group(arguments[2]) else {
            throw .noGroupToClaimFrom(key: arguments[1], group: arguments[2])
        }
        let options = try ClaimOptions(
            arguments, now: execution.now, isReplaying: execution.isReplaying)

        let hasMoved = options.lastID > group.lastID
        if hasMoved { group.lastID = options.lastID }
        let consumer = seenConsumer(
            arguments[3], of: group, key: arguments[1], &execution)
        var claim = Claim(key: arguments[1], consumer: consumer, isJustID: options.isJustID)
        let head = execution.replies.deferredArray(countMax: options.ids.count)
        for index in options.ids {
            claim.claim(try arguments.streamID(index), options, &execution)
        }
        execution.replies.settle(head, count: claim.count)
        claim.end(&execution)
        if hasMoved {
            execution.changed()
            execution.keepPosition(of: group, key: arguments[1])
        }
        if hasMoved || claim.hasChanged { execution.database.valueChangedQuietly(key) }
    }

    private static let xclaimDocs = CommandDocs(
        "Makes a consumer the owner of pending entries, as if they were delivered to it.",
        complexity:
            "O(log N) with N being the number of messages in the PEL of the consumer group.",
        since: "5.0.0", group: .stream,
        arguments: [
            .key(), .string("group"), .string("consumer"), .string("min-idle-time"),
            .string("id", .multiple), .integer("ms", token: "IDLE", .optional),
            ArgumentDocs("unix-time-milliseconds", .unixTime, token: "TIME", .optional),
            .integer("count", token: "RETRYCOUNT", .optional), .word("force", "FORCE", .optional),
            .word("justid", "JUSTID", .optional), .string("lastid", token: "LASTID", .optional),
        ])
}

extension CommandError {
    static func noGroupToClaimFrom(key: ByteSlice, group: ByteSlice) -> CommandError {
        .noGroup("NOGROUP No such key '", key: key, "' or consumer group '", group: group)
    }
}

/// The words behind `XCLAIM key group consumer`.
struct ClaimOptions: Equatable {
    /// Milliseconds since the last delivery, at least.
    let idleMin: Int64
    /// Which arguments are identifiers.
    let ids: Range<Int>
    /// Unix milliseconds, as the time of the delivery.
    private(set) var deliveryTime: Int64
    /// Of deliveries; nothing: one more.
    private(set) var deliveryCount: UInt64?
    /// Whether entries are made pending that are not.
    private(set) var isForced = false
    /// Whether only identifiers are the answer, and the claim does not count as a delivery.
    private(set) var isJustID = false
    /// The group's last identifier is at least this.
    private(set) var lastID = StreamID.min

    /// - Parameter isReplaying: whether a record is replayed, whose time holds whatever the clock
    ///   says now.
    init(_ arguments: Slices, now: Int64, isReplaying: Bool) throws(CommandError) {
        guard let idle = arguments[4].integer else {
            throw .text("ERR Invalid min-idle-time argument for XCLAIM")
        }
        idleMin = max(idle, 0)
        deliveryTime = now
        var index = 5
        while index < arguments.count,
            StreamID(arguments[index], missingSequence: 0) != nil
        {
            index += 1
        }
        ids = 5..<index
        while index < arguments.count {
            let isLast = index + 1 == arguments.count
            let option = arguments[index]
            if option.isWord("force") {
                isForced = true
            } else if option.isWord("justid") {
                isJustID = true
            } else if !isLast, try readValue(arguments, index, now: now) {
                index += 1
            } else {
                throw .quoting("ERR Unrecognized XCLAIM option '", option, "'")
            }
            index += 1
        }
        // Clients compute it with clocks of their own, so that the future is no mistake.
        if deliveryTime < 0 || (deliveryTime > now && !isReplaying) { deliveryTime = now }
    }

    /// Reads an option with its value. Returns false when it is none.
    private mutating func readValue(
        _ arguments: Slices, _ index: Int, now: Int64
    ) throws(CommandError) -> Bool {
        let option = arguments[index]
        let value = arguments[index + 1].integer
        if option.isWord("idle") {
            guard let value else {
                throw .text("ERR Invalid IDLE option argument for XCLAIM")
            }
            deliveryTime = now &- value
        } else if option.isWord("time") {
            guard let value else {
                throw .text("ERR Invalid TIME option argument for XCLAIM")
            }
            deliveryTime = value
        } else if option.isWord("retrycount") {
            guard let value else {
                throw .text("ERR Invalid RETRYCOUNT option argument for XCLAIM")
            }
            deliveryCount = value >= 0 ? UInt64(value) : nil
        } else if option.isWord("lastid") {
            lastID = try arguments.streamID(index + 1)
        } else {
            return false
        }
        return true
    }
}
