import Bytes
import Keyspace
import RESP

// The older commands for what is one of the forms of ZRANGE today.
extension SortedSetCommands {
    static let zrevrange = DataCommand(
        CommandDeclaration(
            "zrevrange", arity: -4, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members of a sorted set between two ranks, the highest score first.",
                complexity: ranksComplexity,
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .integer("start"),
                    .integer("stop"),
                    .withScores(),
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
                complexity: rangeComplexity,
                since: "1.0.5", group: .sortedSet,
                arguments: [
                    .key(),
                    .minimum,
                    .maximum,
                    .withScores(since: "2.0.0"),
                    .limit(),
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
                complexity: rangeComplexity,
                since: "2.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .maximum,
                    .minimum,
                    .withScores(),
                    .limit(),
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
                complexity: rangeComplexity,
                since: "2.8.9", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("min"),
                    .string("max"),
                    .limit(),
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
                complexity: rangeComplexity,
                since: "2.8.9", group: .sortedSet,
                arguments: [
                    .key(),
                    .string("max"),
                    .string("min"),
                    .limit(),
                ],
                deprecation: (
                    "6.2.0", "`ZRANGE` with the `REV` and `BYLEX` arguments"
                )))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, kind: .members, reversed: true)
    }
}
