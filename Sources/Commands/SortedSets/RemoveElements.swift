import Bytes
import Keyspace
import RESP

extension SortedSetCommands {
    static let zrem = DataCommand(
        CommandDeclaration(
            "zrem", arity: -3, [.write, .fast], categories: [.sortedSet],
            keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Removes members from a sorted set.",
                complexity: """
                    O(M*log(N)) with N being the number of elements in the sorted set and M \
                    the number of elements to be removed.
                    """,
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("member", .multiple),
                ],
                history: [
                    ("2.4.0", "Accepts multiple elements.")
                ]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard var set = try execution.sortedSetForChange(key) else {
            return execution.replies.integer(0)
        }
        var removed = 0
        for index in 2..<arguments.count where !set.isEmpty {
            if set.remove(arguments[index]) { removed += 1 }
        }
        if removed > 0 {
            execution.database.valueChanged(key, .sortedSet("zrem"), isEmpty: set.isEmpty)
            execution.changed(removed)
        }
        execution.replies.integer(removed)
    }

    static let zremrangebyrank = DataCommand(
        CommandDeclaration(
            "zremrangebyrank", arity: 4, [.write], categories: [.sortedSet],
            keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Removes the members between two ranks from a sorted set.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements removed by the operation.
                    """,
                since: "2.0.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .integer("start"),
                    .integer("stop"),
                ]))
    ) { arguments, execution throws(CommandError) in
        let range = try SortedSetRange(ranks: arguments, 2, 3)
        try remove(range, of: arguments[1], "zremrangebyrank", &execution)
    }

    static let zremrangebyscore = DataCommand(
        CommandDeclaration(
            "zremrangebyscore", arity: 4, [.write], categories: [.sortedSet],
            keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Removes the members with a score between two others from a sorted set.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements removed by the operation.
                    """,
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .minimum,
                    .maximum,
                ]))
    ) { arguments, execution throws(CommandError) in
        let range = try SortedSetRange(scores: arguments[2], arguments[3])
        try remove(range, of: arguments[1], "zremrangebyscore", &execution)
    }

    static let zremrangebylex = DataCommand(
        CommandDeclaration(
            "zremrangebylex", arity: 4, [.write], categories: [.sortedSet],
            keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Removes the members between two others from a sorted set whose scores are equal.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements removed by the operation.
                    """,
                since: "2.8.9", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("min"),
                    .string("max"),
                ]))
    ) { arguments, execution throws(CommandError) in
        let range = try SortedSetRange(members: arguments[2], arguments[3])
        try remove(range, of: arguments[1], "zremrangebylex", &execution)
    }

    private static func remove(
        _ range: SortedSetRange, of name: ByteSlice, _ event: StaticString,
        _ execution: inout Execution
    ) throws(CommandError) {
        let key = execution.key(name)
        guard var set = try execution.sortedSetForChange(key) else {
            return execution.replies.integer(0)
        }
        let ranks = range.ranks(in: set)
        if !ranks.isEmpty {
            set.remove(ranks: ranks)
            execution.database.valueChanged(key, .sortedSet(event), isEmpty: set.isEmpty)
            execution.changed(ranks.count)
        }
        execution.replies.integer(ranks.count)
    }
}
