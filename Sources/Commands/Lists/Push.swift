import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let lpush = push(
        "lpush", at: .left, since: "1.0.0", severalSince: "2.4.0",
        "Adds elements before the first of a list, which is made if it is missing."
    ) { arguments, execution throws(CommandError) in
        try pushed(arguments, &execution, at: .left, makesList: true)
    }

    static let rpush = push(
        "rpush", at: .right, since: "1.0.0", severalSince: "2.4.0",
        "Adds elements behind the last of a list, which is made if it is missing."
    ) { arguments, execution throws(CommandError) in
        try pushed(arguments, &execution, at: .right, makesList: true)
    }

    static let lpushx = push(
        "lpushx", at: .left, since: "2.2.0", severalSince: "4.0.0",
        "Adds elements before the first of a list that is there."
    ) { arguments, execution throws(CommandError) in
        try pushed(arguments, &execution, at: .left, makesList: false)
    }

    static let rpushx = push(
        "rpushx", at: .right, since: "2.2.0", severalSince: "4.0.0",
        "Adds elements behind the last of a list that is there."
    ) { arguments, execution throws(CommandError) in
        try pushed(arguments, &execution, at: .right, makesList: false)
    }

    private static func push(
        _ name: StaticString, at end: ListEnd, since: StaticString, severalSince: StaticString,
        _ summary: StaticString, run: @escaping DataCommand.Run
    ) -> DataCommand {
        DataCommand(
            CommandDeclaration(
                name, arity: -3, [.write, .denyOOM, .fast], categories: [.list],
                keys: [.key([.readWrite, .insert])],
                docs: CommandDocs(
                    summary,
                    complexity: """
                        O(1) for each element added, so O(N) to add N elements when the command is \
                        called with multiple arguments.
                        """,
                    since: since, group: .list,
                    arguments: [.key(), .string("element", .multiple)],
                    history: [(severalSince, "Accepts multiple `element` arguments.")])),
            run: run)
    }

    private static func pushed(
        _ arguments: Slices, _ execution: inout Execution, at end: ListEnd, makesList: Bool
    ) throws(CommandError) {
        let key = execution.key(arguments[1])
        let found = try execution.listForChange(key)
        if found == nil, !makesList { return execution.replies.integer(0) }
        var size = 0
        for index in 2..<arguments.count { size &+= arguments[index].count }
        let list = found ?? execution.makeList(key, for: size)

        list.prepareToGrow(by: size, count: arguments.count - 2)
        for index in 2..<arguments.count { list.push(StringValue(arguments[index]), at: end) }
        execution.database.valueChanged(key, .list(end.pushEvent))
        execution.changed(arguments.count - 2)
        execution.replies.integer(list.count)
    }
}
