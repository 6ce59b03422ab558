import Bytes
import Configuration
import Keyspace
import RESP

extension SortedSetCommands {
    static let zunion = DataCommand(
        CommandDeclaration(
            "zunion", arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [.counted([.readOnly, .access], at: 1)],
            docs: CommandDocs(
                "Answers the union of several sorted sets.",
                complexity: """
                    O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted \
                    sets, and M being the number of elements in the resulting sorted set.
                    """,
                since: "6.2.0", group: .sortedSet,
                arguments: [
                    .integer("numkeys"),
                    .key("key", .multiple),
                    .weights,
                    .aggregate,
                    .withScores(),
                ]))
    ) { arguments, execution throws(CommandError) in
        try combined(.union, "zunion", arguments, &execution)
    }

    static let zinter = DataCommand(
        CommandDeclaration(
            "zinter", arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [.counted([.readOnly, .access], at: 1)],
            docs: CommandDocs(
                "Answers the intersection of several sorted sets.",
                complexity: """
                    O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted \
                    set, K being the number of input sorted sets and M being the number of \
                    elements in the resulting sorted set.
                    """,
                since: "6.2.0", group: .sortedSet,
                arguments: [
                    .integer("numkeys"),
                    .key("key", .multiple),
                    .weights,
                    .aggregate,
                    .withScores(),
                ]))
    ) { arguments, execution throws(CommandError) in
        try combined(.intersection, "zinter", arguments, &execution)
    }

    static let zdiff = DataCommand(
        CommandDeclaration(
            "zdiff", arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [.counted([.readOnly, .access], at: 1)],
            docs: CommandDocs(
                "Answers the members of the first of several sorted sets that no other one has.",
                complexity: """
                    O(L + (N-K)log(N)) worst case where L is the total number of elements in \
                    all the sets, N is the size of the first set, and K is the size of the \
                    result set.
                    """,
                since: "6.2.0", group: .sortedSet,
                arguments: [
                    .integer("numkeys"),
                    .key("key", .multiple),
                    .withScores(),
                ]))
    ) { arguments, execution throws(CommandError) in
        try combined(.difference, "zdiff", arguments, &execution)
    }

    static let zintercard = DataCommand(
        CommandDeclaration(
            "zintercard", arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [.counted([.readOnly, .access], at: 1)],
            docs: CommandDocs(
                "Answers how many members several sorted sets have in common.",
                complexity: """
                    O(N*K) worst case with N being the smallest input sorted set, K being \
                    the number of input sorted sets.
                    """,
                since: "7.0.0", group: .sortedSet,
                arguments: [
                    .integer("numkeys"),
                    .key("key", .multiple),
                    .integer("limit", token: "LIMIT", .optional),
                ]))
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
