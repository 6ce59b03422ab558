import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let httl = DataCommand(
        timeToLive("httl", "Returns the seconds after which fields go.")
    ) { arguments, execution throws(CommandError) in
        try timeToLive(arguments, execution, .seconds, from: execution.now)
    }

    static let hpttl = DataCommand(
        timeToLive("hpttl", "Returns the milliseconds after which fields go.")
    ) { arguments, execution throws(CommandError) in
        try timeToLive(arguments, execution, .milliseconds, from: execution.now)
    }

    static let hexpiretime = DataCommand(
        timeToLive("hexpiretime", "Returns the moments at which fields go, in Unix seconds.")
    ) { arguments, execution throws(CommandError) in
        try timeToLive(arguments, execution, .seconds, from: 0)
    }

    static let hpexpiretime = DataCommand(
        timeToLive(
            "hpexpiretime", "Returns the moments at which fields go, in Unix milliseconds.")
    ) { arguments, execution throws(CommandError) in
        try timeToLive(arguments, execution, .milliseconds, from: 0)
    }

    private static func timeToLive(
        _ arguments: Slices, _ execution: borrowing Execution, _ unit: TimeUnit, from base: Int64
    ) throws(CommandError) {
        let found = try execution.hash(at: arguments[1])
        let fields = try HashFieldList(
            arguments, at: 2, countError: "ERR Number of fields must be a positive integer")
        guard let hash = found else { return fields.answerMissing(execution.replies) }
        execution.replies.array(fields.count)
        for index in fields.indices {
            guard let field = hash.find(arguments[index]) else {
                execution.replies.integer(-2)
                continue
            }
            guard let deadline = field.deadline else {
                execution.replies.integer(-1)
                continue
            }
            let left = max(0, deadline - base)
            execution.replies.integer(unit == .seconds ? (left + 999) / 1000 : left)
        }
    }

    static let hpersist = DataCommand(
        CommandDeclaration(
            "hpersist", arity: -5, [.write, .fast], categories: [.hash],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Lets fields of a hash stay.",
                complexity: "O(N) where N is the number of specified fields.", since: "7.4.0",
                group: .hash, arguments: [.key(), HashFieldList.docs]))
    ) { arguments, execution throws(CommandError) in
        let found = try execution.hashForChange(at: arguments[1])
        let fields = try HashFieldList(
            arguments, at: 2, countError: "ERR Number of fields must be a positive integer")
        guard var changing = found else { return fields.answerMissing(execution.replies) }
        var changed = ChangedFields()
        execution.replies.array(fields.count)
        for index in fields.indices {
            guard let field = execution.field(arguments[index], in: &changing) else {
                execution.replies.integer(-2)
                continue
            }
            guard field.deadline != nil else {
                execution.replies.integer(-1)
                continue
            }
            changing.hash.setDeadline(nil, of: arguments[index])
            changed.append(arguments[index])
            execution.replies.integer(1)
        }
        execution.settle(changing, changed: changed.count > 0, "hpersist")
        guard changed.count > 0 else { return }
        execution.changed(changed.count)
        changed.keep("HPERSIST", arguments[1], &execution)
    }

    private static func timeToLive(
        _ name: StaticString, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: -5, [.readOnly, .fast], categories: [.hash],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                summary, complexity: "O(N) where N is the number of specified fields.",
                since: "7.4.0", group: .hash, arguments: [.key(), HashFieldList.docs]))
    }
}
