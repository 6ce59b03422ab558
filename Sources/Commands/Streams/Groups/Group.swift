import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xgroup = DataCommand(
        CommandDeclaration(
            "xgroup", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands that manage consumer groups.",
                complexity: "Depends on subcommand.", since: "5.0.0", group: .stream)),
        subcommands: [
            groupCreate, groupCreateConsumer, groupDeleteConsumer, groupDestroy, groupHelp,
            groupSetID,
        ]
    )

    private static let groupCreate = DataCommand(
        CommandDeclaration(
            "create", of: "xgroup", arity: -5, [.write, .denyOOM], categories: [.stream],
            keys: [.key([.readWrite, .insert], at: 2)],
            docs: CommandDocs(
                "Makes a consumer group.", complexity: "O(1)", since: "5.0.0", group: .stream,
                arguments: [
                    .key(), .string("group"),
                    .oneOf("id-selector", [.string("id"), .word("new-id", "$")]),
                    .word("mkstream", "MKSTREAM", .optional),
                    .integer("entriesread", token: "ENTRIESREAD", .optional),
                ], history: [("7.0.0", "Added the `entries_read` named argument.")]))
    ) { arguments, execution throws(CommandError) in
        let options = try GroupOptions(arguments, makesStream: true)
        let key = execution.key(arguments[2])
        let found = try execution.streamForChange(at: key)
        guard found != nil || options.makesStream else { throw .groupNeedsKey }
        guard arguments.count <= 8 else { throw .subcommandSyntax(arguments[1], of: "XGROUP") }
        let id = try groupID(arguments[4], arguments, lastOf: found)
        guard found?.group(arguments[3]) == nil else {
            throw .text("BUSYGROUP Consumer Group name already exists")
        }

        let stream = found ?? Stream.make()
        if found == nil { execution.database.insert(stream.value, at: key) }
        stream.addGroup(arguments[3], lastID: id, entriesRead: options.entriesRead)
        if found == nil {
            execution.database.valueChanged(key, .stream("xgroup-create"))
        } else {
            execution.database.valueChangedQuietly(key, .stream("xgroup-create"))
        }
        execution.changed()
        execution.replies.ok()
    }

    private static let groupSetID = DataCommand(
        CommandDeclaration(
            "setid", of: "xgroup", arity: -5, [.write], categories: [.stream],
            keys: [.key([.readWrite, .update], at: 2)],
            docs: CommandDocs(
                "Sets the ID that a group was delivered last.", complexity: "O(1)", since: "5.0.0",
                group: .stream,
                arguments: [
                    .key(), .string("group"),
                    .oneOf("id-selector", [.string("id"), .word("new-id", "$")]),
                    .integer("entriesread", token: "ENTRIESREAD", .optional),
                ], history: [("7.0.0", "Added the optional `entries_read` argument.")]))
    ) { arguments, execution throws(CommandError) in
        let options = try GroupOptions(arguments, makesStream: false)
        let key = execution.key(arguments[2])
        let group = try group(arguments, key, &execution)
        guard arguments.count <= 7 else { throw .subcommandSyntax(arguments[1], of: "XGROUP") }
        let id: StreamID
        if arguments[4].untilZero == "$" {
            id = group.stream.lastID
        } else {
            id = try arguments.streamIDOrEdge(4)
        }

        group.lastID = id
        group.entriesRead = options.entriesRead
        execution.database.valueChangedQuietly(key, .stream("xgroup-setid"))
        execution.changed()
        execution.replies.ok()
    }

    private static let groupDestroy = DataCommand(
        CommandDeclaration(
            "destroy", of: "xgroup", arity: 4, [.write], categories: [.stream],
            keys: [.key([.readWrite, .delete], at: 2)],
            docs: CommandDocs(
                "Removes a consumer group.",
                complexity:
                    "O(N) where N is the number of entries in the group's pending entries list (PEL).",
                since: "5.0.0", group: .stream, arguments: [.key(), .string("group")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[2])
        guard let stream = try execution.streamForChange(at: key) else { throw .groupNeedsKey }
        guard let group = stream.group(arguments[3]) else { return execution.replies.integer(0) }

        stream.remove(group)
        // Who waits for entries as one of its consumers is told.
        execution.database.valueChanged(key, .stream("xgroup-destroy"))
        execution.changed()
        execution.replies.integer(1)
    }

    private static let groupCreateConsumer = DataCommand(
        CommandDeclaration(
            "createconsumer", of: "xgroup", arity: 5, [.write, .denyOOM], categories: [.stream],
            keys: [.key([.readWrite, .insert], at: 2)],
            docs: CommandDocs(
                "Makes a consumer in a group.", complexity: "O(1)", since: "6.2.0", group: .stream,
                arguments: [.key(), .string("group"), .string("consumer")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[2])
        let group = try group(arguments, key, &execution)
        guard group.consumer(arguments[4]) == nil else { return execution.replies.integer(0) }

        group.addConsumer(arguments[4], now: execution.now)
        execution.database.valueChangedQuietly(key, .stream("xgroup-createconsumer"))
        execution.changed()
        execution.replies.integer(1)
    }

    private static let groupDeleteConsumer = DataCommand(
        CommandDeclaration(
            "delconsumer", of: "xgroup", arity: 5, [.write], categories: [.stream],
            keys: [.key([.readWrite, .delete], at: 2)],
            docs: CommandDocs(
                "Removes a consumer from its group, with what is pending for it.",
                complexity: "O(1)", since: "5.0.0", group: .stream,
                arguments: [.key(), .string("group"), .string("consumer")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[2])
        let group = try group(arguments, key, &execution)
        guard let consumer = group.consumer(arguments[4]) else {
            return execution.replies.integer(0)
        }

        let pending = consumer.pendingCount
        group.remove(consumer)
        execution.database.valueChangedQuietly(key, .stream("xgroup-delconsumer"))
        execution.changed()
        execution.replies.integer(pending)
    }

    private static let groupHelp = DataCommand(
        CommandDeclaration(
            "help", of: "xgroup", arity: 2, [.loading, .stale], categories: [.stream],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "5.0.0",
                group: .stream))
    ) { _, execution throws(CommandError) in
        execution.replies.help(
            of: "XGROUP",
            [
                "CREATE <key> <groupname> <id|$> [option]",
                "    Make a consumer group that reads behind the ID. Options are:",
                "    * MKSTREAM",
                "      Make an empty stream if there is none.",
                "    * ENTRIESREAD entries_read",
                "      How many entries the group counts as read (internal use).",
                "CREATECONSUMER <key> <groupname> <consumer>",
                "    Make a consumer in the group.",
                "DELCONSUMER <key> <groupname> <consumer>",
                "    Remove the consumer with what is pending for it.",
                "DESTROY <key> <groupname>",
                "    Remove the group.",
                "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
                "    Set behind which ID the group reads on.",
            ])
    }

    /// The group that a request names, which has to be there.
    private static func group(
        _ arguments: Slices, _ key: Key, _ execution: inout Execution
    ) throws(CommandError) -> StreamGroup {
        guard let stream = try execution.streamForChange(at: key) else { throw .groupNeedsKey }
        guard let group = stream.group(arguments[3]) else {
            throw .noGroup(ofName: arguments[3], key: arguments[2])
        }
        return group
    }

    private static func groupID(
        _ word: ByteSlice, _ arguments: Slices, lastOf stream: Stream?
    ) throws(CommandError) -> StreamID {
        if word.untilZero == "$" { return stream?.lastID ?? .min }
        return try arguments.streamID(4)
    }
}

/// The words behind `XGROUP CREATE` and `XGROUP SETID key group id`.
struct GroupOptions: Equatable {
    private(set) var makesStream = false
    /// −1 when that is unknown.
    private(set) var entriesRead: Int64 = -1

    init(_ arguments: Slices, makesStream takesMakeStream: Bool) throws(CommandError) {
        var index = 5
        while index < arguments.count {
            if takesMakeStream, arguments[index].isWord("mkstream") {
                makesStream = true
                index += 1
            } else if arguments[index].isWord("entriesread"), index + 1 < arguments.count {
                entriesRead = try arguments.integer(index + 1)
                guard entriesRead >= -1 else {
                    throw .text("ERR value for ENTRIESREAD must be positive or -1")
                }
                index += 2
            } else {
                throw .subcommandSyntax(arguments[1], of: "XGROUP")
            }
        }
    }
}

extension CommandError {
    fileprivate static let groupNeedsKey = CommandError.text(
        """
        ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to \
        use the MKSTREAM option to create an empty stream automatically.
        """)

    /// The answer to a group that a stream has not.
    static func noGroup(ofName group: ByteSlice, key: ByteSlice) -> CommandError {
        .noGroup(
            "NOGROUP No such consumer group '", key: group, "' for key name '", group: key)
    }

    /// The answer to arguments that a subcommand does not take.
    static func subcommandSyntax(_ word: ByteSlice, of container: String) -> CommandError {
        .quoting(
            "ERR unknown subcommand or wrong number of arguments for '", word,
            "'. Try \(container) HELP.", countMax: 128)
    }
}
