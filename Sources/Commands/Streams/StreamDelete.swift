import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xdel = DataCommand(
        CommandDeclaration(
            "xdel", arity: -3, [.write, .fast], categories: [.stream],
            keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Deletes entries from a stream and returns how many there were.",
                complexity:
                    "O(1) for each single item to delete in the stream, regardless of the stream size.",
                since: "5.0.0", group: .stream, arguments: [.key(), .string("id", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard let stream = try execution.streamForChange(at: key) else {
            return execution.replies.integer(0)
        }
        // All are read before one is deleted.
        for index in 2..<arguments.count { _ = try arguments.streamID(index) }

        var deleted = 0
        for index in 2..<arguments.count {
            let id = try arguments.streamID(index)
            if stream.delete(id) { deleted += 1 }
        }
        if deleted > 0 {
            execution.database.valueChanged(key, .stream("xdel"))
            execution.changed(deleted)
        }
        execution.replies.integer(deleted)
    }

    static let xsetid = DataCommand(
        CommandDeclaration(
            "xsetid", arity: -3, [.write, .denyOOM, .fast], categories: [.stream],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Sets what a stream remembers of its IDs; for internal use.", complexity: "O(1)",
                since: "5.0.0", group: .stream,
                arguments: [
                    .key(), .string("last-id"),
                    .integer("entries-added", token: "ENTRIESADDED", .optional, since: "7.0.0"),
                    .string("max-deleted-id", token: "MAXDELETEDID", .optional, since: "7.0.0"),
                ],
                history: [
                    ("7.0.0", "Added the `entries_added` and `max_deleted_entry_id` arguments.")
                ]))
    ) { arguments, execution throws(CommandError) in
        let options = try StreamSetIDOptions(arguments)
        let key = execution.key(arguments[1])
        guard let stream = try execution.streamForChange(at: key) else { throw .noSuchKey }
        try options.check(against: stream)

        stream.lastID = options.lastID
        if let entriesAdded = options.entriesAdded { stream.entriesAdded = entriesAdded }
        if !options.maxDeletedID.isZero { stream.maxDeletedID = options.maxDeletedID }
        execution.database.valueChanged(key, .stream("xsetid"))
        execution.changed()
        execution.replies.ok()
    }
}

/// The words behind `XSETID key`.
struct StreamSetIDOptions: Equatable {
    let lastID: StreamID
    private(set) var entriesAdded: UInt64?
    /// 0-0 leaves the stream's as it is.
    private(set) var maxDeletedID = StreamID.min

    init(_ arguments: Slices) throws(CommandError) {
        lastID = try arguments.streamID(2)
        var index = 3
        while index < arguments.count {
            guard index + 1 < arguments.count else { throw .syntax }
            if arguments[index].isWord("entriesadded") {
                let value = try arguments.integer(index + 1)
                guard value >= 0 else { throw .text("ERR entries_added must be positive") }
                entriesAdded = UInt64(value)
            } else if arguments[index].isWord("maxdeletedid") {
                maxDeletedID = try arguments.streamID(index + 1)
                guard lastID >= maxDeletedID else {
                    throw .text(
                        """
                        ERR The ID specified in XSETID is smaller than the provided \
                        max_deleted_entry_id
                        """)
                }
            } else {
                throw .syntax
            }
            index += 2
        }
    }

    fileprivate func check(against stream: Stream) throws(CommandError) {
        guard lastID >= stream.maxDeletedID else {
            throw .text(
                """
                ERR The ID specified in XSETID is smaller than current max_deleted_entry_id
                """)
        }
        guard let last = stream.lastLiveID else { return }
        guard lastID >= last else {
            throw .text(
                """
                ERR The ID specified in XSETID is smaller than the target stream top item
                """)
        }
        if let entriesAdded, entriesAdded < UInt64(stream.length) {
            throw .text(
                """
                ERR The entries_added specified in XSETID is smaller than the target stream length
                """)
        }
    }
}
