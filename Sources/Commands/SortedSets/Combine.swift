import Bytes
import Configuration
import Keyspace
import RESP

extension SortedSetCommands {
    static let zunion = DataCommand(
        combining(
            "zunion", "Answers the union of several sorted sets.",
            complexity: """
                O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and \
                M being the number of elements in the resulting sorted set.
                """,
            [.weights, .aggregate, .withScores()])
    ) { arguments, execution throws(CommandError) in
        try combined(.union, "zunion", arguments, &execution)
    }

    static let zinter = DataCommand(
        combining(
            "zinter", "Answers the intersection of several sorted sets.",
            complexity: intersectionComplexity, [.weights, .aggregate, .withScores()])
    ) { arguments, execution throws(CommandError) in
        try combined(.intersection, "zinter", arguments, &execution)
    }

    static let zdiff = DataCommand(
        combining(
            "zdiff",
            "Answers the members of the first of several sorted sets that no other one has.",
            complexity: differenceComplexity, [.withScores()])
    ) { arguments, execution throws(CommandError) in
        try combined(.difference, "zdiff", arguments, &execution)
    }

    static let zintercard = DataCommand(
        combining(
            "zintercard", "Answers how many members several sorted sets have in common.",
            complexity: """
                O(N*K) worst case with N being the smallest input sorted set, K being the number \
                of input sorted sets.
                """,
            since: "7.0.0", [.integer("limit", token: "LIMIT", .optional)])
    ) { arguments, execution throws(CommandError) in
        let request = try CombineRequest(
            .intersection, .count, of: "zintercard", arguments, at: 1, execution)
        var count = 0
        request.forEachCommon { _, _ in
            count += 1
            return request.limit == 0 || count < request.limit
        }
        execution.replies.integer(count)
    }

    private static func combining(
        _ name: StaticString, _ summary: StaticString, complexity: StaticString,
        since: StaticString = "6.2.0", _ options: [ArgumentDocs]
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [.counted([.readOnly, .access], at: 1)],
            docs: CommandDocs(
                summary, complexity: complexity, since: since, group: .sortedSet,
                arguments: [.integer("numkeys"), .key("key", .multiple)] + options))
    }

    private static func combined(
        _ operation: CombineRequest.Operation, _ name: StaticString, _ arguments: Slices,
        _ execution: inout Execution
    ) throws(CommandError) {
        let request = try CombineRequest(operation, .reply, of: name, arguments, at: 1, execution)
        var longest = 0
        let set = request.result(execution.encodings, longest: &longest)
        let replies = execution.replies
        if request.withScores {
            replies.scoredArray(set.count)
            set.forEach { member, score in replies.scored(member, score) }
        } else {
            replies.array(set.count)
            set.forEach { member, _ in replies.string(member) }
        }
        set.value.free()
    }
}
