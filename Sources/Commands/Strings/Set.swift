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
        execution.set(key, to: StringValue(arguments[2]))
        execution.changed()
        execution.replies.ok()
    }

    private static func setWithOptions(
        _ arguments: Slices, _ execution: inout Execution
    ) throws(CommandError) {
        let options = try SetOptions(arguments)
        let deadline = try options.time?.deadline(arguments, execution, of: "set")
        let key = execution.key(arguments[1])

        let old =
            options.returnsOld
            ? execution.database.entry(of: key) : execution.database.entryForChange(of: key)
        let oldValue = options.returnsOld ? try old.requireString() : nil
        let isAllowed = try options.allows(old, arguments)
        if options.returnsOld { execution.replies.string(oldValue) }
        guard isAllowed else {
            if !options.returnsOld { execution.replies.null() }
            return
        }

        let change: DeadlineChange =
            deadline.map { .set($0) } ?? (options.keepsDeadline ? .keep : .remove)
        execution.set(key, to: StringValue(arguments[2]), deadline: change)
        execution.changed()
        if let deadline {
            execution.keep(
                "SET", arguments[1], arguments[2], ByteSlice("PXAT"), execution.decimal(deadline))
        } else if options.comparesValue {
            // Whether the condition held is decided.
            let kept = options.keepsDeadline ? ByteSlice("KEEPTTL") : nil
            execution.keep("SET", arguments[1], arguments[2], kept)
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
                "condition", .optional, since: "2.6.12",
                [
                    .word("nx", "NX"), .word("xx", "XX"),
                    .string("ifeq-value", token: "IFEQ", since: "8.4.0"),
                    .string("ifne-value", token: "IFNE", since: "8.4.0"),
                    .string("ifdeq-digest", token: "IFDEQ", since: "8.4.0"),
                    .string("ifdne-digest", token: "IFDNE", since: "8.4.0"),
                ]),
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
            ("8.4.0", "Added the `IFEQ`, `IFNE`, `IFDEQ` and `IFDNE` options."),
        ])
}
