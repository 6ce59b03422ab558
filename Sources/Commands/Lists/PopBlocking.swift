import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let blpop = blockingPop(
        "blpop", "Removes the first element of the first list that is there, and waits for one."
    ) { arguments, execution throws(CommandError) in
        try popOrWait(arguments, &execution, at: .left)
    }

    static let brpop = blockingPop(
        "brpop", "Removes the last element of the first list that is there, and waits for one."
    ) { arguments, execution throws(CommandError) in
        try popOrWait(arguments, &execution, at: .right)
    }

    private static func blockingPop(
        _ name: StaticString, _ summary: StaticString, run: @escaping DataCommand.Run
    ) -> DataCommand {
        DataCommand(
            CommandDeclaration(
                name, arity: -3, [.write, .blocking], categories: [.list],
                keys: [
                    KeySpecification(
                        [.readWrite, .access, .delete], begin: .index(1),
                        find: .range(last: -2, step: 1, limit: 0))
                ],
                docs: CommandDocs(
                    summary, complexity: "O(N) where N is the number of provided keys.",
                    since: "2.0.0", group: .list,
                    arguments: [.key("key", .multiple), ArgumentDocs("timeout", .double)],
                    history: [
                        ("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
                    ])),
            run: run)
    }

    private static func popOrWait(
        _ arguments: Slices, _ execution: inout Execution, at end: ListEnd
    ) throws(CommandError) {
        let keys = 1..<arguments.count - 1
        let timeout = try arguments.timeout(arguments.count - 1, .seconds, at: execution.now)
        for index in keys {
            let key = execution.key(arguments[index])
            guard let list = try execution.listForChange(key) else { continue }
            execution.replies.array(2)
            execution.replies.bulk(arguments[index])
            execution.popOne(list, at: end, of: key)
            execution.changed()
            return execution.keep(end.popName, arguments[index])
        }
        guard execution.mayBlock else { return execution.replies.nullArray() }
        execution.block(on: keys, holding: .list, for: timeout)
    }
}
