import Bytes
import Keyspace
import RESP

extension SortedSetCommands {
    static let zrange = DataCommand(
        CommandDeclaration(
            "zrange", arity: -4, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members of a sorted set within a range of ranks, scores or members.",
                complexity: ranksComplexity,
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("start"),
                    .string("stop"),
                    .oneOf(
                        "sortby", .optional, since: "6.2.0",
                        [
                            .word("byscore", "BYSCORE"),
                            .word("bylex", "BYLEX"),
                        ]),
                    .word("rev", "REV", .optional, since: "6.2.0"),
                    .limit(since: "6.2.0"),
                    .withScores(),
                ],
                history: [
                    (
                        "6.2.0",
                        """
                        Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.
                        """
                    )
                ]))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, kind: nil, reversed: nil)
    }

    static func range(
        _ arguments: Slices, _ execution: inout Execution, kind: RangeRequest.Kind?,
        reversed: Bool?
    ) throws(CommandError) {
        let request = try RangeRequest(arguments, at: 2, kind: kind, reversed: reversed)
        guard let set = try execution.sortedSet(execution.key(arguments[1])) else {
            return execution.replies.array(0)
        }
        let ranks = request.ranks(in: set)
        let replies = execution.replies
        if request.withScores {
            replies.scoredArray(ranks.count)
            set.forEach(ranks: ranks, reversed: request.reversed) { member, score in
                replies.scored(member, score)
            }
        } else {
            replies.array(ranks.count)
            set.forEach(ranks: ranks, reversed: request.reversed) { member, _ in
                replies.string(member)
            }
        }
    }

    static let zrangestore = DataCommand(
        CommandDeclaration(
            "zrangestore", arity: -5, [.write, .denyOOM], categories: [.sortedSet],
            keys: [.key([.overwrite, .update]), .key([.readOnly, .access], at: 2)],
            docs: CommandDocs(
                "Stores a range of a sorted set in another key.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements stored into the destination key.
                    """,
                since: "6.2.0", group: .sortedSet,
                arguments: [
                    .key("dst"),
                    .key("src", specification: 1),
                    .string("min"),
                    .string("max"),
                    .oneOf(
                        "sortby", .optional,
                        [
                            .word("byscore", "BYSCORE"),
                            .word("bylex", "BYLEX"),
                        ]),
                    .word("rev", "REV", .optional),
                    .limit(),
                ]))
    ) { arguments, execution throws(CommandError) in
        let request = try RangeRequest(
            arguments, at: 3, kind: nil, reversed: nil, takesScores: false)
        let source = try execution.sortedSet(Key(arguments[2]))
        let ranks = source.map { request.ranks(in: $0) } ?? 0..<0
        let target = execution.key(arguments[1])
        var made = SortedSet.make(count: ranks.count, execution.encodings)
        let limits = execution.encodings
        var text = ByteBuffer(capacity: 32)
        source?.forEach(ranks: ranks) { member, score in
            made.insert(member.text(using: &text), score: score, limits)
        }
        execution.storeSortedSet(made, at: target, "zrangestore")
    }
}
