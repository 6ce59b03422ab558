import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let expire = DataCommand(
        expire(
            "expire", .integer("seconds"), since: "1.0.0",
            "Sets the seconds after which a key goes.")
    ) { arguments, execution throws(CommandError) in
        try expire(arguments, &execution, .seconds, from: execution.now, of: "expire")
    }

    static let pexpire = DataCommand(
        expire(
            "pexpire", .integer("milliseconds"), since: "2.6.0",
            "Sets the milliseconds after which a key goes.")
    ) { arguments, execution throws(CommandError) in
        try expire(arguments, &execution, .milliseconds, from: execution.now, of: "pexpire")
    }

    static let expireat = DataCommand(
        expire(
            "expireat", .unixTime("unix-time-seconds"), since: "1.2.0",
            "Sets the moment at which a key goes, in Unix seconds.")
    ) { arguments, execution throws(CommandError) in
        try expire(arguments, &execution, .seconds, from: 0, of: "expireat")
    }

    static let pexpireat = DataCommand(
        expire(
            "pexpireat", .unixTime("unix-time-milliseconds"), since: "2.6.0",
            "Sets the moment at which a key goes, in Unix milliseconds.")
    ) { arguments, execution throws(CommandError) in
        try expire(arguments, &execution, .milliseconds, from: 0, of: "pexpireat")
    }

    /// - Parameter base: the moment in Unix milliseconds that the time is counted from.
    private static func expire(
        _ arguments: Slices, _ execution: inout Execution, _ unit: TimeUnit, from base: Int64,
        of name: StaticString
    ) throws(CommandError) {
        let condition = try ExpireCondition(arguments)
        let time = try Execution.milliseconds(try arguments.integer(2), unit, of: name)
        // A time in the past has no lower bound that could matter; Redis checks the upper one.
        guard time <= 0 || time <= Int64.max - base else { throw .invalidExpiry(of: name) }
        let deadline = time + base

        let key = execution.key(arguments[1])
        guard let entry = execution.database.entryForChange(of: key),
            condition.allows(deadline, over: entry.deadline)
        else { return execution.replies.integer(0) }

        execution.setDeadline(deadline, of: key, conditions: arguments.dropFirst(3))
        execution.replies.integer(1)
    }

    private static func expire(
        _ name: StaticString, _ time: ArgumentDocs, since: StaticString, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: -3, [.write, .fast], categories: [.keyspace],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                summary, complexity: "O(1)", since: since, group: .generic,
                arguments: [
                    .key(), time,
                    .oneOf(
                        "condition", .optional, since: "7.0.0",
                        [
                            .word("nx", "NX"), .word("xx", "XX"), .word("gt", "GT"),
                            .word("lt", "LT"),
                        ]
                    ),
                ],
                history: [("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")]))
    }
}

extension Execution {
    /// Gives a live key a deadline and keeps that, in the form that does not depend on the time:
    /// the moment, or that the key went because the moment has passed.
    ///
    /// A replay only ever sets the moment: the log has its own record of the key's end.
    ///
    /// - Parameter conditions: words that the record has behind the moment; a replay finds them
    ///   true again.
    mutating func setDeadline(_ deadline: Int64, of key: Key, conditions: Slices? = nil) {
        changed()
        guard deadline > now || isReplaying else {
            database.delete(key)
            return settings.expiresLazily ? keep("UNLINK", key.bytes) : keep("DEL", key.bytes)
        }
        database.setDeadline(deadline, of: key)
        guard let conditions, conditions.count > 0 else {
            return keep("PEXPIREAT", key.bytes, decimal(deadline))
        }
        var words = SliceList()
        words.append(ByteSlice("PEXPIREAT"))
        words.append(key.bytes)
        words.append(decimal(deadline))
        for index in 0..<conditions.count { words.append(conditions[index]) }
        keep(words.all)
    }
}
