import Bytes
import Keyspace
import RESP

extension SortedSetCommands {
    static let bzpopmin = DataCommand(
        waiting(
            "bzpopmin",
            """
            Removes and answers the member with the lowest score of the first sorted set that is \
            not empty; waits for one.
            """)
    ) { arguments, execution throws(CommandError) in
        try popBlocking(arguments, &execution, highest: false)
    }

    static let bzpopmax = DataCommand(
        waiting(
            "bzpopmax",
            """
            Removes and answers the member with the highest score of the first sorted set that is \
            not empty; waits for one.
            """)
    ) { arguments, execution throws(CommandError) in
        try popBlocking(arguments, &execution, highest: true)
    }

    private static func waiting(
        _ name: StaticString, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: -3, [.write, .noScript, .blocking, .fast], categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], begin: .index(1),
                    find: .range(last: -2, step: 1, limit: 0))
            ],
            docs: CommandDocs(
                summary,
                complexity: "O(log(N)) with N being the number of elements in the sorted set.",
                since: "5.0.0", group: .sortedSet,
                arguments: [.key("key", .multiple), ArgumentDocs("timeout", .double)],
                history: [
                    ("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
                ]))
    }

    private static func popBlocking(
        _ arguments: Slices, _ execution: inout Execution, highest: Bool
    ) throws(CommandError) {
        let last = arguments.count - 1
        let timeout = try arguments.timeout(last, .seconds, at: execution.now)
        if try execution.popOne(1..<last, arguments, highest: highest) { return }
        guard execution.mayBlock else { return execution.replies.nullArray() }
        execution.block(on: 1..<last, holding: .sortedSet, for: timeout)
    }

    static let bzmpop = DataCommand(
        CommandDeclaration(
            "bzmpop", arity: -5, [.write, .blocking, .movableKeys], categories: [.sortedSet],
            keys: [.counted([.readWrite, .access, .delete], at: 2)],
            docs: CommandDocs(
                "Removes and answers members of the first of several sorted sets that is not empty; waits for one.",
                complexity: popManyComplexity,
                since: "7.0.0", group: .sortedSet,
                arguments: [
                    ArgumentDocs("timeout", .double),
                    .integer("numkeys"),
                    .key("key", .multiple),
                    .end,
                    .integer("count", token: "COUNT", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let request = try PopRequest(arguments, at: 2)
        let timeout = try arguments.timeout(1, .seconds, at: execution.now)
        if try execution.popMany(request, arguments) { return }
        guard execution.mayBlock else { return execution.replies.nullArray() }
        execution.block(on: request.keys, holding: .sortedSet, for: timeout)
    }
}
