import Bytes
import Keyspace
import RESP

extension SortedSetCommands {
    static let zcard = DataCommand(
        CommandDeclaration(
            "zcard", arity: 2, [.readOnly, .fast], categories: [.sortedSet],
            keys: [.key([.readOnly])],
            docs: CommandDocs(
                "Answers how many members a sorted set has.",
                complexity: "O(1)",
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key()
                ]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.sortedSet(execution.key(arguments[1]))
        execution.replies.integer(set?.count ?? 0)
    }

    static let zscore = DataCommand(
        CommandDeclaration(
            "zscore", arity: 3, [.readOnly, .fast], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the score of a member of a sorted set.",
                complexity: "O(1)",
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("member"),
                ]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.sortedSet(execution.key(arguments[1]))
        reply(set?.score(of: arguments[2]), execution)
    }

    static let zmscore = DataCommand(
        CommandDeclaration(
            "zmscore", arity: -3, [.readOnly, .fast], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the scores of several members of a sorted set.",
                complexity: "O(N) where N is the number of members being requested.",
                since: "6.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("member", .multiple),
                ]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.sortedSet(execution.key(arguments[1]))
        execution.replies.array(arguments.count - 2)
        for index in 2..<arguments.count { reply(set?.score(of: arguments[index]), execution) }
    }

    private static func reply(_ score: Double?, _ execution: borrowing Execution) {
        if let score { execution.replies.score(score) } else { execution.replies.null() }
    }

    static let zcount = DataCommand(
        CommandDeclaration(
            "zcount", arity: 4, [.readOnly, .fast], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers how many members of a sorted set have a score between two others.",
                complexity: """
                    O(log(N)) with N being the number of elements in the sorted set.
                    """,
                since: "2.0.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .minimum,
                    .maximum,
                ]))
    ) { arguments, execution throws(CommandError) in
        let range = try SortedSetRange(scores: arguments[2], arguments[3])
        let set = try execution.sortedSet(execution.key(arguments[1]))
        execution.replies.integer(set.map { range.ranks(in: $0).count } ?? 0)
    }

    static let zlexcount = DataCommand(
        CommandDeclaration(
            "zlexcount", arity: 4, [.readOnly, .fast], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers how many members of a sorted set whose scores are equal stand between two others.",
                complexity: """
                    O(log(N)) with N being the number of elements in the sorted set.
                    """,
                since: "2.8.9", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("min"),
                    .string("max"),
                ]))
    ) { arguments, execution throws(CommandError) in
        let range = try SortedSetRange(members: arguments[2], arguments[3])
        let set = try execution.sortedSet(execution.key(arguments[1]))
        execution.replies.integer(set.map { range.ranks(in: $0).count } ?? 0)
    }

    static let zrank = DataCommand(
        CommandDeclaration(
            "zrank", arity: -3, [.readOnly, .fast], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the rank of a member of a sorted set, the lowest score first.",
                complexity: "O(log(N))",
                since: "2.0.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("member"),
                    .word("withscore", "WITHSCORE", .optional),
                ],
                history: [
                    ("7.2.0", "Added the optional `WITHSCORE` argument.")
                ]))
    ) { arguments, execution throws(CommandError) in
        try rank(arguments, &execution, of: "zrank", reversed: false)
    }

    static let zrevrank = DataCommand(
        CommandDeclaration(
            "zrevrank", arity: -3, [.readOnly, .fast], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the rank of a member of a sorted set, the highest score first.",
                complexity: "O(log(N))",
                since: "2.0.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("member"),
                    .word("withscore", "WITHSCORE", .optional),
                ],
                history: [
                    ("7.2.0", "Added the optional `WITHSCORE` argument.")
                ]))
    ) { arguments, execution throws(CommandError) in
        try rank(arguments, &execution, of: "zrevrank", reversed: true)
    }

    private static func rank(
        _ arguments: Slices, _ execution: inout Execution, of name: String, reversed: Bool
    ) throws(CommandError) {
        guard arguments.count <= 4 else { throw .wrongArity(name) }
        let withScore = arguments.count == 4
        if withScore, !arguments[3].isWord("withscore") { throw .syntax }
        guard let set = try execution.sortedSet(execution.key(arguments[1])),
            let (rank, score) = set.rank(of: arguments[2])
        else {
            return withScore ? execution.replies.nullArray() : execution.replies.null()
        }
        if withScore { execution.replies.array(2) }
        execution.replies.integer(reversed ? set.count - 1 - rank : rank)
        if withScore { execution.replies.score(score) }
    }
}
