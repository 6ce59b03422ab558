import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hexpire = DataCommand(
        expire("hexpire", .integer("seconds"), "Sets the seconds after which fields go.")
    ) { arguments, execution throws(CommandError) in
        try expire(arguments, &execution, .seconds, from: execution.now, of: "hexpire")
    }

    static let hpexpire = DataCommand(
        expire("hpexpire", .integer("milliseconds"), "Sets the milliseconds after which fields go.")
    ) { arguments, execution throws(CommandError) in
        try expire(arguments, &execution, .milliseconds, from: execution.now, of: "hpexpire")
    }

    static let hexpireat = DataCommand(
        expire(
            "hexpireat", .unixTime("unix-time-seconds"),
            "Sets the moment at which fields go, in Unix seconds.")
    ) { arguments, execution throws(CommandError) in
        try expire(arguments, &execution, .seconds, from: 0, of: "hexpireat")
    }

    static let hpexpireat = DataCommand(
        expire(
            "hpexpireat", .unixTime("unix-time-milliseconds"),
            "Sets the moment at which fields go, in Unix milliseconds.")
    ) { arguments, execution throws(CommandError) in
        try expire(arguments, &execution, .milliseconds, from: 0, of: "hpexpireat")
    }

    /// - Parameter base: the moment in Unix milliseconds that the time is counted from.
    private static func expire(
        _ arguments: Slices, _ execution: inout Execution, _ unit: TimeUnit, from base: Int64,
        of name: StaticString
    ) throws(CommandError) {
        let found = try execution.hashForChange(at: arguments[1])
        let deadline = try Execution.fieldDeadline(arguments[2], unit, from: base, of: name)
        let condition = ExpireCondition(field: arguments[3])
        let fields = try HashFieldList(
            arguments, at: condition.isEmpty ? 3 : 4,
            countError: "ERR Parameter `numFields` should be greater than 0")
        guard var changing = found else { return fields.answerMissing(execution.replies) }

        let isPast = deadline <= execution.now && !execution.isReplaying
        var changed = ChangedFields()
        execution.replies.array(fields.count)
        for index in fields.indices {
            guard let field = execution.field(arguments[index], in: &changing) else {
                execution.replies.integer(-2)
                continue
            }
            guard condition.allows(deadline, over: field.deadline) else {
                execution.replies.integer(0)
                continue
            }
            if isPast {
                changing.hash.remove(arguments[index])
            } else {
                changing.hash.setDeadline(deadline, of: arguments[index])
            }
            changed.append(arguments[index])
            execution.replies.integer(isPast ? 2 : 1)
        }
        execution.settle(changing, changed: changed.count > 0, isPast ? "hdel" : "hexpire")
        guard changed.count > 0 else { return }
        execution.changed(changed.count)
        if isPast {
            changed.keepRemoved(arguments[1], &execution)
        } else {
            changed.keep("HPEXPIREAT", arguments[1], at: deadline, &execution)
        }
    }

    private static func expire(
        _ name: StaticString, _ time: ArgumentDocs, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: -6, [.write, .fast], categories: [.hash],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                summary, complexity: "O(N) where N is the number of specified fields.",
                since: "7.4.0", group: .hash,
                arguments: [
                    .key(), time,
                    .oneOf(
                        "condition", .optional,
                        [
                            .word("nx", "NX"), .word("xx", "XX"), .word("gt", "GT"),
                            .word("lt", "LT"),
                        ]),
                    HashFieldList.docs,
                ]))
    }
}

extension ExpireCondition {
    /// The condition that a word stands for, or none.
    init(field word: ByteSlice) {
        if word.isWord("nx") {
            self = .ifNone
        } else if word.isWord("xx") {
            self = .ifSome
        } else if word.isWord("gt") {
            self = .ifLater
        } else if word.isWord("lt") {
            self = .ifEarlier
        } else {
            self = []
        }
    }
}
