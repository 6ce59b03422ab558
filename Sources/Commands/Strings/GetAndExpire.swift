import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let getex = DataCommand(
        CommandDeclaration(
            "getex", arity: -2, [.write, .fast], categories: [.string],
            keys: [
                .key(
                    [.readWrite, .access, .update],
                    notes: "RW and UPDATE because it changes the TTL")
            ],
            docs: CommandDocs(
                "Returns the string value of a key and says when the key goes.",
                complexity: "O(1)", since: "6.2.0", group: .string,
                arguments: [
                    .key(),
                    .oneOf(
                        "expiration", .optional,
                        [
                            .integer("seconds", token: "EX"),
                            .integer("milliseconds", token: "PX"),
                            .unixTime("unix-time-seconds", token: "EXAT"),
                            .unixTime("unix-time-milliseconds", token: "PXAT"),
                            .word("persist", "PERSIST"),
                        ]),
                ]))
    ) { arguments, execution throws(CommandError) in
        let options = try GetExOptions(arguments)
        let key = execution.key(arguments[1])
        guard let entry = execution.database.entry(of: key) else {
            return execution.replies.null()
        }
        let value = try entry.requireString()
        let deadline = try options.time?.deadline(arguments, execution, of: "getex")
        execution.replies.string(value)

        if let deadline {
            execution.setDeadline(deadline, of: key)
        } else if options.persists, entry.hasDeadline {
            execution.database.setDeadline(nil, of: key)
            execution.changed()
            execution.keep("PERSIST", arguments[1])
        }
    }
}

/// The words behind `GETEX key`.
struct GetExOptions: Equatable {
    private(set) var time: TimeArgument?
    private(set) var persists = false

    /// Reads the options of a whole request. A word may be repeated; two that exclude each other
    /// are a syntax error.
    init(_ arguments: Slices) throws(CommandError) {
        var index = 2
        while index < arguments.count {
            if arguments[index].isWord("persist"), time == nil {
                persists = true
            } else if let time = TimeArgument(arguments, at: index), time.corrects(self.time),
                !persists
            {
                self.time = time
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }
}
