import Bytes
import Keyspace
import RESP

extension SortedSetCommands {
    static let zpopmin = DataCommand(
        CommandDeclaration(
            "zpopmin", arity: -2, [.write, .fast], categories: [.sortedSet],
            keys: [.key([.readWrite, .access, .delete])],
            docs: CommandDocs(
                "Removes and answers the members of a sorted set with the lowest scores.",
                complexity: """
                    O(log(N)*M) with N being the number of elements in the sorted set, and M \
                    being the number of elements popped.
                    """,
                since: "5.0.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .integer("count", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        try pop(arguments, &execution, highest: false)
    }

    static let zpopmax = DataCommand(
        CommandDeclaration(
            "zpopmax", arity: -2, [.write, .fast], categories: [.sortedSet],
            keys: [.key([.readWrite, .access, .delete])],
            docs: CommandDocs(
                "Removes and answers the members of a sorted set with the highest scores.",
                complexity: """
                    O(log(N)*M) with N being the number of elements in the sorted set, and M \
                    being the number of elements popped.
                    """,
                since: "5.0.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .integer("count", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        try pop(arguments, &execution, highest: true)
    }

    private static func pop(
        _ arguments: Slices, _ execution: inout Execution, highest: Bool
    ) throws(CommandError) {
        guard arguments.count <= 3 else { throw .syntax }
        let count = arguments.count == 3 ? try popCount(arguments, 2) : nil
        let key = execution.key(arguments[1])
        guard let set = try execution.sortedSetForChange(key), count != 0 else {
            return execution.replies.array(0)
        }
        let popped = min(count ?? 1, set.count)
        if execution.replies.isVersion3, count != nil {
            execution.replies.array(popped)
        } else {
            execution.replies.array(2 * popped)
        }
        execution.pop(
            popped, of: set, at: key, highest: highest,
            inPairs: execution.replies.isVersion3 && count != nil)
    }

    private static func popCount(_ arguments: Slices, _ index: Int) throws(CommandError) -> Int {
        guard let count = arguments[index].integer, count >= 0 else {
            throw .text("ERR value is out of range, must be positive")
        }
        return Int(count)
    }

    static let zmpop = DataCommand(
        CommandDeclaration(
            "zmpop", arity: -4, [.write, .movableKeys], categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], begin: .index(1),
                    find: .count(at: 0, first: 1, step: 1))
            ],
            docs: CommandDocs(
                "Removes and answers members of the first of several sorted sets that is not empty.",
                complexity: """
                    O(K) + O(M*log(N)) where K is the number of provided keys, N being the \
                    number of elements in the sorted set, and M being the number of elements \
                    popped.
                    """,
                since: "7.0.0", group: .sortedSet,
                arguments: [
                    .integer("numkeys"),
                    .key("key", .multiple),
                    .oneOf(
                        "where",
                        [
                            .word("min", "MIN"),
                            .word("max", "MAX"),
                        ]),
                    .integer("count", token: "COUNT", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let request = try PopRequest(arguments, at: 1)
        guard try execution.popMany(request, arguments) else {
            return execution.replies.nullArray()
        }
    }
}

/// The words of `ZMPOP` and `BZMPOP`: keys, end, count.
struct PopRequest {
    /// Which arguments are the keys.
    let keys: Range<Int>
    let highest: Bool
    private(set) var count = 1

    /// - Parameter start: the index of the number of keys.
    init(_ arguments: Slices, at start: Int) throws(CommandError) {
        guard let number = arguments[start].integer, number > 0 else {
            throw .text("ERR numkeys should be greater than 0")
        }
        guard number < Int64(arguments.count - start - 1) else { throw .syntax }
        keys = (start + 1)..<(start + 1 + Int(number))
        let end = arguments[keys.upperBound]
        guard end.isWord("min") || end.isWord("max") else { throw .syntax }
        highest = end.isWord("max")
        let rest = keys.upperBound + 1
        guard rest < arguments.count else { return }
        guard arguments[rest].isWord("count"), rest + 1 < arguments.count else { throw .syntax }
        guard let count = arguments[rest + 1].integer, count > 0 else {
            throw .text("ERR count should be greater than 0")
        }
        guard rest + 2 == arguments.count else { throw .syntax }
        self.count = Int(count)
    }
}

extension Execution {
    /// Removes elements from the end of a set, answers them, and notes the change of its key.
    fileprivate mutating func pop(
        _ count: Int, of set: SortedSet, at key: Key, highest: Bool, inPairs: Bool
    ) {
        var set = set
        let ranks = highest ? (set.count - count)..<set.count : 0..<count
        let replies = replies
        set.forEach(ranks: ranks, reversed: highest) { member, score in
            if inPairs { replies.array(2) }
            replies.string(member)
            replies.score(score)
        }
        set.remove(ranks: ranks)
        database.valueChanged(key, isEmpty: set.isEmpty)
        changed(count)
    }

    /// Pops from the first set that is there, and answers it with its key. Returns false when there
    /// is none.
    fileprivate mutating func popMany(
        _ request: PopRequest, _ arguments: Slices
    ) throws(CommandError) -> Bool {
        for index in request.keys {
            let key = Key(arguments[index])
            guard let set = try sortedSetForChange(key) else { continue }
            let count = min(request.count, set.count)
            replies.array(2)
            replies.bulk(key.bytes)
            replies.array(count)
            pop(count, of: set, at: key, highest: request.highest, inPairs: true)
            keep(
                request.highest ? "ZPOPMAX" : "ZPOPMIN", key.bytes, decimal(Int64(count)))
            return true
        }
        return false
    }

    /// Pops one element from the first set that is there, and answers key, member and score.
    fileprivate mutating func popOne(
        _ keys: Range<Int>, _ arguments: Slices, highest: Bool
    ) throws(CommandError) -> Bool {
        for index in keys {
            let key = Key(arguments[index])
            guard let set = try sortedSetForChange(key) else { continue }
            replies.array(3)
            replies.bulk(key.bytes)
            pop(1, of: set, at: key, highest: highest, inPairs: false)
            keep(highest ? "ZPOPMAX" : "ZPOPMIN", key.bytes)
            return true
        }
        return false
    }
}

extension SortedSetCommands {
    static let bzpopmin = DataCommand(
        CommandDeclaration(
            "bzpopmin", arity: -3, [.write, .noScript, .blocking, .fast], categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], begin: .index(1),
                    find: .range(last: -2, step: 1, limit: 0))
            ],
            docs: CommandDocs(
                "Removes and answers the member with the lowest score of the first sorted set that is not empty; waits for one.",
                complexity: """
                    O(log(N)) with N being the number of elements in the sorted set.
                    """,
                since: "5.0.0", group: .sortedSet,
                arguments: [
                    .key("key", .multiple),
                    ArgumentDocs("timeout", .double),
                ],
                history: [
                    (
                        "6.0.0",
                        """
                        `timeout` is interpreted as a double instead of an integer.
                        """
                    )
                ]))
    ) { arguments, execution throws(CommandError) in
        try popBlocking(arguments, &execution, highest: false)
    }

    static let bzpopmax = DataCommand(
        CommandDeclaration(
            "bzpopmax", arity: -3, [.write, .noScript, .blocking, .fast], categories: [.sortedSet],
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], begin: .index(1),
                    find: .range(last: -2, step: 1, limit: 0))
            ],
            docs: CommandDocs(
                "Removes and answers the member with the highest score of the first sorted set that is not empty; waits for one.",
                complexity: """
                    O(log(N)) with N being the number of elements in the sorted set.
                    """,
                since: "5.0.0", group: .sortedSet,
                arguments: [
                    .key("key", .multiple),
                    ArgumentDocs("timeout", .double),
                ],
                history: [
                    (
                        "6.0.0",
                        """
                        `timeout` is interpreted as a double instead of an integer.
                        """
                    )
                ]))
    ) { arguments, execution throws(CommandError) in
        try popBlocking(arguments, &execution, highest: true)
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
            keys: [
                KeySpecification(
                    [.readWrite, .access, .delete], begin: .index(2),
                    find: .count(at: 0, first: 1, step: 1))
            ],
            docs: CommandDocs(
                "Removes and answers members of the first of several sorted sets that is not empty; waits for one.",
                complexity: """
                    O(K) + O(M*log(N)) where K is the number of provided keys, N being the \
                    number of elements in the sorted set, and M being the number of elements \
                    popped.
                    """,
                since: "7.0.0", group: .sortedSet,
                arguments: [
                    ArgumentDocs("timeout", .double),
                    .integer("numkeys"),
                    .key("key", .multiple),
                    .oneOf(
                        "where",
                        [
                            .word("min", "MIN"),
                            .word("max", "MAX"),
                        ]),
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
