import Bytes
import Configuration
import Keyspace
import RESP

extension SortedSetCommands {
    static let zadd = DataCommand(
        CommandDeclaration(
            "zadd", arity: -4, [.write, .denyOOM, .fast], categories: [.sortedSet],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Adds members to a sorted set, or changes their scores; makes the set if it is missing.",
                complexity: """
                    O(log(N)) for each item added, where N is the number of elements in the \
                    sorted set.
                    """,
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .oneOf(
                        "condition", .optional, since: "3.0.2",
                        [
                            .word("nx", "NX"),
                            .word("xx", "XX"),
                        ]),
                    .oneOf(
                        "comparison", .optional, since: "6.2.0",
                        [
                            .word("gt", "GT"),
                            .word("lt", "LT"),
                        ]),
                    .word("change", "CH", .optional, since: "3.0.2"),
                    .word("increment", "INCR", .optional, since: "3.0.2"),
                    .block(
                        "score_member", .multiple,
                        [
                            ArgumentDocs("score", .double),
                            .string("member"),
                        ]),
                ],
                history: [
                    ("2.4.0", "Accepts multiple elements."),
                    ("3.0.2", "Added the `XX`, `NX`, `CH` and `INCR` options."),
                    ("6.2.0", "Added the `GT` and `LT` options."),
                ]))
    ) { arguments, execution throws(CommandError) in
        let options = try AddOptions(arguments)
        try add(arguments, options, &execution)
    }

    static let zincrby = DataCommand(
        CommandDeclaration(
            "zincrby", arity: 4, [.write, .denyOOM, .fast], categories: [.sortedSet],
            keys: [.key([.readWrite, .access, .update])],
            docs: CommandDocs(
                "Adds to the score of a member, which begins with 0 if it is missing.",
                complexity: """
                    O(log(N)) where N is the number of elements in the sorted set.
                    """,
                since: "1.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .integer("increment"),
                    .string("member"),
                ]))
    ) { arguments, execution throws(CommandError) in
        // A word that is an option of ZADD is none here, nor is it a score.
        var options = AddOptions.increment
        guard !options.take(arguments[2]) else { throw .syntax }
        try add(arguments, .increment, &execution)
    }

    private static func add(
        _ arguments: Slices, _ options: AddOptions, _ execution: inout Execution
    ) throws(CommandError) {
        let first = options.end
        let count = (arguments.count - first) / 2
        for index in 0..<count { _ = try arguments.score(first + 2 * index) }
        try add(count, options, at: execution.key(arguments[1]), &execution) {
            index throws(CommandError) in
            (arguments[first + 2 * index + 1], try arguments.score(first + 2 * index))
        }
    }

    /// Adds elements that have been parsed before, and answers.
    ///
    /// - Parameter element: gives each by its index.
    @inline(__always)
    static func add(
        _ count: Int, _ options: AddOptions, at key: Key, _ execution: inout Execution,
        _ element: (Int) throws(CommandError) -> (member: ByteSlice, score: Double)
    ) throws(CommandError) {
        let found = try execution.sortedSetForChange(key)
        if found == nil, options.onlyPresent { return reply(AddOutcome(), options, &execution) }
        let limits = execution.encodings
        var set: SortedSet
        if let found {
            set = found
            set.expect(count, limits)
        } else {
            set = .make(count: count, memberSize: try element(0).member.count, limits)
        }

        var outcome = AddOutcome()
        for index in 0..<count {
            let (member, score) = try element(index)
            try outcome.add(member, score, options, to: &set, limits)
        }
        if found == nil { execution.database.insert(set.value, at: key) }
        if outcome.changes > 0 {
            execution.database.valueChanged(
                key, .sortedSet(options.increments ? "zincr" : "zadd"))
            execution.changed(outcome.changes)
        }
        reply(outcome, options, &execution)
    }

    private static func reply(
        _ outcome: AddOutcome, _ options: AddOptions, _ execution: inout Execution
    ) {
        if !options.increments {
            execution.replies.integer(options.countsChanged ? outcome.changes : outcome.added)
        } else if let score = outcome.score {
            execution.replies.score(score)
        } else {
            execution.replies.null()
        }
    }
}

/// What adding elements has done.
private struct AddOutcome {
    private(set) var added = 0
    private(set) var updated = 0
    /// The last score that was set or confirmed.
    private(set) var score: Double?

    var changes: Int { added + updated }

    mutating func add(
        _ member: ByteSlice, _ given: Double, _ options: AddOptions, to set: inout SortedSet,
        _ limits: EncodingSettings
    ) throws(CommandError) {
        guard let old = set.score(of: member) else {
            guard !options.onlyPresent else { return }
            set.insert(member, score: given, limits)
            added += 1
            score = given
            return
        }
        let (new, isProcessed) = try options.score(replacing: old, by: given)
        guard isProcessed else { return }
        score = new
        guard new != old else { return }
        set.setScore(new, of: member)
        updated += 1
    }
}
