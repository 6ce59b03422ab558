import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xinfo = DataCommand(
        CommandDeclaration(
            "xinfo", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands that describe streams.", complexity: "Depends on subcommand.",
                since: "5.0.0", group: .stream)),
        subcommands: [infoConsumers, infoGroups, infoHelp, infoStream]
    )

    private static let infoHelp = DataCommand(
        CommandDeclaration(
            "help", of: "xinfo", arity: 2, [.loading, .stale], categories: [.stream],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "5.0.0",
                group: .stream))
    ) { _, execution throws(CommandError) in
        execution.replies.help(
            of: "XINFO",
            [
                "CONSUMERS <key> <groupname>",
                "    The consumers of the group.",
                "GROUPS <key>",
                "    The consumer groups of the stream.",
                "STREAM <key> [FULL [COUNT <count>]",
                "    The stream, with FULL also its entries and groups.",
            ])
    }

    private static let infoGroups = DataCommand(
        CommandDeclaration(
            "groups", of: "xinfo", arity: 3, [.readOnly], categories: [.stream],
            keys: [.key([.readOnly, .access], at: 2)],
            docs: CommandDocs(
                "Describes the consumer groups of a stream.", complexity: "O(1)", since: "5.0.0",
                group: .stream, arguments: [.key()],
                history: [("7.0.0", "Added the `entries-read` and `lag` fields")]))
    ) { arguments, execution throws(CommandError) in
        guard let stream = try execution.stream(at: arguments[2]) else { throw .noSuchKey }
        let replies = execution.replies
        replies.array(stream.groupCount)
        stream.forEachGroup { group in
            replies.map(6)
            replies.bulk("name")
            replies.bulk(group.name)
            replies.bulk("consumers")
            replies.integer(group.consumerCount)
            replies.bulk("pending")
            replies.integer(group.pendingCount)
            replies.groupPosition(of: group)
        }
    }

    private static let infoConsumers = DataCommand(
        CommandDeclaration(
            "consumers", of: "xinfo", arity: 4, [.readOnly], categories: [.stream],
            keys: [.key([.readOnly, .access], at: 2)], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Describes the consumers of a group.", complexity: "O(1)", since: "5.0.0",
                group: .stream, arguments: [.key(), .string("group")],
                history: [
                    ("7.2.0", "Added the `inactive` field, and changed the meaning of `idle`.")
                ]))
    ) { arguments, execution throws(CommandError) in
        guard let stream = try execution.stream(at: arguments[2]) else { throw .noSuchKey }
        guard let group = stream.group(arguments[3]) else {
            throw .noGroup(ofName: arguments[3], key: arguments[2])
        }
        let replies = execution.replies
        let now = execution.now
        replies.array(group.consumerCount)
        group.forEachConsumer { consumer in
            replies.map(4)
            replies.bulk("name")
            replies.bulk(consumer.name)
            replies.bulk("pending")
            replies.integer(consumer.pendingCount)
            replies.bulk("idle")
            replies.integer(max(0, now &- consumer.seenTime))
            replies.bulk("inactive")
            replies.integer(consumer.activeTime == -1 ? -1 : now &- consumer.activeTime)
        }
    }
}

extension ReplyWriter {
    /// Three pairs: how far a group has read.
    func groupPosition(of group: StreamGroup) {
        bulk("last-delivered-id")
        streamID(group.lastID)
        bulk("entries-read")
        if group.entriesRead == -1 { null() } else { integer(group.entriesRead) }
        bulk("lag")
        if let lag = group.stream.lag(of: group) { integer(lag) } else { null() }
    }
}
