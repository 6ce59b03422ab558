import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let set = DataCommand(
        CommandDeclaration(
            "set", arity: -3, [.write, .denyOOM], categories: [.string],
            keys: [
                .key(
                    [.readWrite, .access, .update, .variableFlags],
                    notes: "RW and ACCESS due to the optional `GET` argument")
            ],
            docs: setDocs)
    ) { arguments, execution throws(CommandError) in
        guard arguments.count == 3 else { return try setWithOptions(arguments, &execution) }
        let key = execution.key(arguments[1])
        execution.database.set(key, to: StringValue(arguments[2]), deadline: .remove)
        execution.changed()
        execution.replies.ok()
    }

    private static func setWithOptions(
        _ arguments: Slices, _ execution: inout Execution
    ) throws(CommandError) {
        let options = try SetOptions(arguments)
        let deadline = try options.time?.deadline(arguments, execution, of: "set")
        let key = execution.key(arguments[1])

        let old: Entry?
        if options.returnsOld {
            old = execution.database.entry(of: key)
            execution.replies.string(try old.requireString())
        } else {
            old = execution.database.entryForChange(of: key)
        }
        guard options.allows(keyExists: old != nil) else {
            if !options.returnsOld { execution.replies.null() }
            return
        }

        let change: DeadlineChange =
            deadline.map { .set($0) } ?? (options.keepsDeadline ? .keep : .remove)
        execution.database.set(key, to: StringValue(arguments[2]), deadline: change)
        execution.changed()
        if let deadline {
            execution.keep(
                "SET", arguments[1], arguments[2], ByteSlice("PXAT"), execution.decimal(deadline))
        } else if options.returnsOld {
            // Whoever replays the record has nobody to give the old value to.
            execution.keep(arguments, withoutOption: "get", from: 3)
        }
        if !options.returnsOld { execution.replies.ok() }
    }

    private static let setDocs = CommandDocs(
        "Sets the string value of a key, whatever it held, and says when the key goes.",
        complexity: "O(1)", since: "1.0.0", group: .string,
        arguments: [
            .key(), .string("value"),
            .oneOf(
                "condition", .optional, since: "2.6.12", [.word("nx", "NX"), .word("xx", "XX")]),
            .word("get", "GET", .optional, since: "6.2.0"),
            .oneOf(
                "expiration", .optional,
                [
                    .integer("seconds", token: "EX", since: "2.6.12"),
                    .integer("milliseconds", token: "PX", since: "2.6.12"),
                    .unixTime("unix-time-seconds", token: "EXAT", since: "6.2.0"),
                    .unixTime("unix-time-milliseconds", token: "PXAT", since: "6.2.0"),
                    .word("keepttl", "KEEPTTL", since: "6.0.0"),
                ]),
        ],
        history: [
            ("2.6.12", "Added the `EX`, `PX`, `NX` and `XX` options."),
            ("6.0.0", "Added the `KEEPTTL` option."),
            ("6.2.0", "Added the `GET`, `EXAT` and `PXAT` option."),
            ("7.0.0", "Allowed the `NX` and `GET` options to be used together."),
        ])
}
