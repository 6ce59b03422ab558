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
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements returned.
                    """,
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
                    ArgumentDocs(
                        "offset_count", .block, token: "LIMIT", .optional, since: "6.2.0",
                        parts: [
                            .integer("offset"),
                            .integer("count"),
                        ]),
                    .word("withscores", "WITHSCORES", .optional),
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

    static let zrevrange = DataCommand(
        CommandDeclaration(
            "zrevrange", arity: -4, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members of a sorted set between two ranks, the highest score first.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements returned.
                    """,
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .integer("start"),
                    .integer("stop"),
                    .word("withscores", "WITHSCORES", .optional),
                ],
                deprecation: (
                    "6.2.0", "`ZRANGE` with the `REV` argument"
                )))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, kind: .ranks, reversed: true)
    }

    static let zrangebyscore = DataCommand(
        CommandDeclaration(
            "zrangebyscore", arity: -4, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members of a sorted set with a score between two others.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements being returned. If M is constant (e.g. always \
                    asking for the first 10 elements with LIMIT), you can consider it \
                    O(log(N)).
                    """,
                since: "1.0.5", group: .sortedSet,
                arguments: [
                    .key(),
                    ArgumentDocs("min", .double),
                    ArgumentDocs("max", .double),
                    .word("withscores", "WITHSCORES", .optional, since: "2.0.0"),
                    ArgumentDocs(
                        "offset_count", .block, token: "LIMIT", .optional,
                        parts: [
                            .integer("offset"),
                            .integer("count"),
                        ]),
                ],
                history: [
                    ("2.0.0", "Added the `WITHSCORES` modifier.")
                ],
                deprecation: (
                    "6.2.0", "`ZRANGE` with the `BYSCORE` argument"
                )))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, kind: .scores, reversed: false)
    }

    static let zrevrangebyscore = DataCommand(
        CommandDeclaration(
            "zrevrangebyscore", arity: -4, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members of a sorted set with a score between two others, the highest first.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements being returned. If M is constant (e.g. always \
                    asking for the first 10 elements with LIMIT), you can consider it \
                    O(log(N)).
                    """,
                since: "2.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    ArgumentDocs("max", .double),
                    ArgumentDocs("min", .double),
                    .word("withscores", "WITHSCORES", .optional),
                    ArgumentDocs(
                        "offset_count", .block, token: "LIMIT", .optional,
                        parts: [
                            .integer("offset"),
                            .integer("count"),
                        ]),
                ],
                history: [
                    ("2.1.6", "`min` and `max` can be exclusive.")
                ],
                deprecation: (
                    "6.2.0", "`ZRANGE` with the `REV` and `BYSCORE` arguments"
                )))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, kind: .scores, reversed: true)
    }

    static let zrangebylex = DataCommand(
        CommandDeclaration(
            "zrangebylex", arity: -4, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members between two others of a sorted set whose scores are equal.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements being returned. If M is constant (e.g. always \
                    asking for the first 10 elements with LIMIT), you can consider it \
                    O(log(N)).
                    """,
                since: "2.8.9", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("min"),
                    .string("max"),
                    ArgumentDocs(
                        "offset_count", .block, token: "LIMIT", .optional,
                        parts: [
                            .integer("offset"),
                            .integer("count"),
                        ]),
                ],
                deprecation: (
                    "6.2.0", "`ZRANGE` with the `BYLEX` argument"
                )))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, kind: .members, reversed: false)
    }

    static let zrevrangebylex = DataCommand(
        CommandDeclaration(
            "zrevrangebylex", arity: -4, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members between two others of a sorted set whose scores are equal, the last first.",
                complexity: """
                    O(log(N)+M) with N being the number of elements in the sorted set and M \
                    the number of elements being returned. If M is constant (e.g. always \
                    asking for the first 10 elements with LIMIT), you can consider it \
                    O(log(N)).
                    """,
                since: "2.8.9", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("max"),
                    .string("min"),
                    ArgumentDocs(
                        "offset_count", .block, token: "LIMIT", .optional,
                        parts: [
                            .integer("offset"),
                            .integer("count"),
                        ]),
                ],
                deprecation: (
                    "6.2.0", "`ZRANGE` with the `REV` and `BYLEX` arguments"
                )))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, kind: .members, reversed: true)
    }

    private static func range(
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
                    ArgumentDocs(
                        "offset_count", .block, token: "LIMIT", .optional,
                        parts: [
                            .integer("offset"),
                            .integer("count"),
                        ]),
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
        execution.storeSortedSet(made, at: target)
    }
}

extension Execution {
    /// Puts a sorted set that was made aside at a key, or removes the key when the set is empty;
    /// answers how many elements it has.
    mutating func storeSortedSet(_ set: SortedSet, at target: Key) {
        let count = set.count
        if count > 0 {
            database.store(set.value, at: target)
            changed()
        } else {
            set.value.free()
            if database.remove(target) { changed() }
        }
        replies.integer(count)
    }
}
