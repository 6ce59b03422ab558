import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let setex = DataCommand(
        CommandDeclaration(
            "setex", arity: 4, [.write, .denyOOM], categories: [.string],
            keys: [.key([.overwrite, .update])],
            docs: CommandDocs(
                "Sets the string value of a key and the seconds after which it goes.",
                complexity: "O(1)", since: "2.0.0", group: .string,
                arguments: [.key(), .integer("seconds"), .string("value")],
                deprecation: ("2.6.12", "`SET` with the `EX` argument")))
    ) { arguments, execution throws(CommandError) in
        try setWithTimeToLive(arguments, &execution, unit: .seconds, of: "setex")
    }

    static let psetex = DataCommand(
        CommandDeclaration(
            "psetex", arity: 4, [.write, .denyOOM], categories: [.string],
            keys: [.key([.overwrite, .update])],
            docs: CommandDocs(
                "Sets the string value of a key and the milliseconds after which it goes.",
                complexity: "O(1)", since: "2.6.0", group: .string,
                arguments: [.key(), .integer("milliseconds"), .string("value")],
                deprecation: ("2.6.12", "`SET` with the `PX` argument")))
    ) { arguments, execution throws(CommandError) in
        try setWithTimeToLive(arguments, &execution, unit: .milliseconds, of: "psetex")
    }

    private static func setWithTimeToLive(
        _ arguments: Slices, _ execution: inout Execution, unit: TimeUnit, of name: StaticString
    ) throws(CommandError) {
        let key = execution.key(arguments[1])
        let deadline = try execution.deadline(
            after: try arguments.integer(2), unit, of: name)

        execution.set(key, to: StringValue(arguments[3]), deadline: .set(deadline))
        execution.changed()
        // The log keeps the moment, not the delay: a replay tomorrow must not revive the key.
        execution.keep(
            "SET", arguments[1], arguments[3], ByteSlice("PXAT"), execution.decimal(deadline))
        execution.replies.ok()
    }
}
