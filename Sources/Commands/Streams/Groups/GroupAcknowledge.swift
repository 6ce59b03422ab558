import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xack = DataCommand(
        CommandDeclaration(
            "xack", arity: -4, [.write, .fast], categories: [.stream],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Notes that a consumer is done with entries and returns how many were pending.",
                complexity: "O(1) for each message ID processed.", since: "5.0.0", group: .stream,
                arguments: [.key(), .string("group"), .string("id", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard let group = try execution.streamOfReader(at: key)?.group(arguments[2]) else {
            return execution.replies.integer(0)
        }
        // All are read before one is acknowledged.
        for index in 3..<arguments.count { _ = try arguments.streamID(index) }

        var acknowledged = 0
        for index in 3..<arguments.count {
            let id = try arguments.streamID(index)
            if group.removePending(id) { acknowledged += 1 }
        }
        if acknowledged > 0 {
            execution.database.valueChangedQuietly(key)
            execution.changed(acknowledged)
        }
        execution.replies.integer(acknowledged)
    }
}
