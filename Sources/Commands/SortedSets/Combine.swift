import Bytes
import Configuration
import Keyspace
import RESP

extension SortedSetCommands {
    static let zunion = DataCommand(
        CommandDeclaration(
            "zunion", arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readOnly, .access], begin: .index(1),
                    find: .count(at: 0, first: 1, step: 1))
            ],
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
                    .integer("weight", token: "WEIGHTS", [.optional, .multiple]),
                    ArgumentDocs(
                        "aggregate", .oneOf, token: "AGGREGATE", .optional,
                        parts: [
                            .word("sum", "SUM"),
                            .word("min", "MIN"),
                            .word("max", "MAX"),
                        ]),
                    .word("withscores", "WITHSCORES", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        try combined(.union, "zunion", arguments, &execution)
    }

    static let zinter = DataCommand(
        CommandDeclaration(
            "zinter", arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readOnly, .access], begin: .index(1),
                    find: .count(at: 0, first: 1, step: 1))
            ],
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
                    .integer("weight", token: "WEIGHTS", [.optional, .multiple]),
                    ArgumentDocs(
                        "aggregate", .oneOf, token: "AGGREGATE", .optional,
                        parts: [
                            .word("sum", "SUM"),
                            .word("min", "MIN"),
                            .word("max", "MAX"),
                        ]),
                    .word("withscores", "WITHSCORES", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        try combined(.intersection, "zinter", arguments, &execution)
    }

    static let zdiff = DataCommand(
        CommandDeclaration(
            "zdiff", arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readOnly, .access], begin: .index(1),
                    find: .count(at: 0, first: 1, step: 1))
            ],
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
                    .word("withscores", "WITHSCORES", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        try combined(.difference, "zdiff", arguments, &execution)
    }

    static let zunionstore = DataCommand(
        CommandDeclaration(
            "zunionstore", arity: -4, [.write, .denyOOM, .movableKeys], categories: [.sortedSet],
            keys: [
                .key([.overwrite, .update]),
                KeySpecification(
                    [.readOnly, .access], begin: .index(2),
                    find: .count(at: 0, first: 1, step: 1)),
            ],
            docs: CommandDocs(
                "Stores the union of several sorted sets in a key.",
                complexity: """
                    O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted \
                    sets, and M being the number of elements in the resulting sorted set.
                    """,
                since: "2.0.0", group: .sortedSet,
                arguments: [
                    .key("destination"),
                    .integer("numkeys"),
                    .key("key", .multiple, specification: 1),
                    .integer("weight", token: "WEIGHTS", [.optional, .multiple]),
                    ArgumentDocs(
                        "aggregate", .oneOf, token: "AGGREGATE", .optional,
                        parts: [
                            .word("sum", "SUM"),
                            .word("min", "MIN"),
                            .word("max", "MAX"),
                        ]),
                ]))
    ) { arguments, execution throws(CommandError) in
        try stored(.union, "zunionstore", arguments, &execution)
    }

    static let zinterstore = DataCommand(
        CommandDeclaration(
            "zinterstore", arity: -4, [.write, .denyOOM, .movableKeys], categories: [.sortedSet],
            keys: [
                .key([.overwrite, .update]),
                KeySpecification(
                    [.readOnly, .access], begin: .index(2),
                    find: .count(at: 0, first: 1, step: 1)),
            ],
            docs: CommandDocs(
                "Stores the intersection of several sorted sets in a key.",
                complexity: """
                    O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted \
                    set, K being the number of input sorted sets and M being the number of \
                    elements in the resulting sorted set.
                    """,
                since: "2.0.0", group: .sortedSet,
                arguments: [
                    .key("destination"),
                    .integer("numkeys"),
                    .key("key", .multiple, specification: 1),
                    .integer("weight", token: "WEIGHTS", [.optional, .multiple]),
                    ArgumentDocs(
                        "aggregate", .oneOf, token: "AGGREGATE", .optional,
                        parts: [
                            .word("sum", "SUM"),
                            .word("min", "MIN"),
                            .word("max", "MAX"),
                        ]),
                ]))
    ) { arguments, execution throws(CommandError) in
        try stored(.intersection, "zinterstore", arguments, &execution)
    }

    static let zdiffstore = DataCommand(
        CommandDeclaration(
            "zdiffstore", arity: -4, [.write, .denyOOM, .movableKeys], categories: [.sortedSet],
            keys: [
                .key([.overwrite, .update]),
                KeySpecification(
                    [.readOnly, .access], begin: .index(2),
                    find: .count(at: 0, first: 1, step: 1)),
            ],
            docs: CommandDocs(
                "Stores the members of the first of several sorted sets that no other one has.",
                complexity: """
                    O(L + (N-K)log(N)) worst case where L is the total number of elements in \
                    all the sets, N is the size of the first set, and K is the size of the \
                    result set.
                    """,
                since: "6.2.0", group: .sortedSet,
                arguments: [
                    .key("destination"),
                    .integer("numkeys"),
                    .key("key", .multiple, specification: 1),
                ]))
    ) { arguments, execution throws(CommandError) in
        try stored(.difference, "zdiffstore", arguments, &execution)
    }

    static let zintercard = DataCommand(
        CommandDeclaration(
            "zintercard", arity: -3, [.readOnly, .movableKeys], categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readOnly, .access], begin: .index(1),
                    find: .count(at: 0, first: 1, step: 1))
            ],
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

    private static func stored(
        _ operation: CombineRequest.Operation, _ name: StaticString, _ arguments: Slices,
        _ execution: inout Execution
    ) throws(CommandError) {
        let request = try CombineRequest(operation, .store, of: name, arguments, at: 2, execution)
        var longest = 0
        var set = request.result(execution.encodings, longest: &longest)
        set.compact(memberSizeMax: longest, execution.encodings)
        execution.storeSortedSet(set, at: execution.key(arguments[1]))
    }
}

extension CombineRequest {
    /// The combination as a large set of its own, and the bytes of its longest member.
    fileprivate func result(_ limits: EncodingSettings, longest: inout Int) -> SortedSet {
        var set = SortedSet.make(count: .max, limits)
        var longestFound = 0
        var text = ByteBuffer(capacity: 32)
        func add(_ member: ByteSlice, _ score: Double) {
            longestFound = max(longestFound, member.count)
            if operation == .union, let old = set.score(of: member) {
                let new = joined(old, score)
                if new != old { set.setScore(new, of: member) }
            } else {
                set.insert(member, score: score, limits)
            }
        }
        switch operation {
        case .intersection:
            forEachCommon { member, score in
                add(member, score)
                return true
            }
        case .union:
            for input in inOrderOfCount {
                input.forEach { member, score in
                    add(member.text(using: &text), (input.weight * score).zeroIfNaN)
                }
            }
        case .difference:
            inputs[0].forEach { member, score in
                let member = member.text(using: &text)
                for other in inputs.dropFirst() where other.score(of: member) != nil { return }
                add(member, score)
            }
        }
        longest = longestFound
        return set
    }

    /// The inputs with the fewest members first: the order in which scores are joined, which tells
    /// in the last digits of a sum.
    private var inOrderOfCount: [CombineInput] {
        inputs.enumerated().sorted { left, right in
            (left.element.count, left.offset) < (right.element.count, right.offset)
        }.map(\.element)
    }

    /// Hands out the members that all inputs have, with their joined scores, until `body` says no.
    fileprivate func forEachCommon(_ body: (ByteSlice, Double) -> Bool) {
        let ordered = inOrderOfCount
        var text = ByteBuffer(capacity: 32)
        var isDone = false
        ordered[0].forEach { member, score in
            guard !isDone else { return }
            let member = member.text(using: &text)
            var sum = (ordered[0].weight * score).zeroIfNaN
            for other in ordered.dropFirst() {
                guard let score = other.score(of: member) else { return }
                sum = joined(sum, other.weight * score)
            }
            isDone = !body(member, sum)
        }
    }
}
