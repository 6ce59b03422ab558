import Bytes
import Keyspace
import RESP

extension SetCommands {
    static let sinter = DataCommand(
        CommandDeclaration(
            "sinter", arity: -2, [.readOnly], categories: [.set],
            keys: [.keys([.readOnly, .access])], tips: ["nondeterministic_output_order"],
            docs: CommandDocs(
                "Returns the members that all of some sets have.",
                complexity: intersectionComplexity, since: "1.0.0", group: .set,
                arguments: [.key("key", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        let sets = try execution.sets(of: arguments.dropFirst(1))
        let replies = execution.replies
        guard let intersection = SetIntersection(sets) else { return replies.set(0) }
        let head = replies.deferredSet(countMax: intersection.countMax)
        var count = 0
        intersection.forEach { member in
            replies.member(member)
            count += 1
            return true
        }
        replies.settle(head, count: count)
    }

    static let sintercard = DataCommand(
        CommandDeclaration(
            "sintercard", arity: -3, [.readOnly, .movableKeys], categories: [.set],
            keys: [.counted([.readOnly, .access], at: 1)],
            docs: CommandDocs(
                "Returns how many members all of some sets have.",
                complexity: intersectionComplexity, since: "7.0.0", group: .set,
                arguments: [
                    .integer("numkeys"), .key("key", .multiple),
                    .integer("limit", token: "LIMIT", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let keyCount = try keyCount(arguments)
        let countMax = try limit(arguments, from: 2 + keyCount)
        let sets = try execution.sets(of: arguments.dropFirst(2), count: keyCount)
        var count = 0
        SetIntersection(sets)?.forEach { _ in
            count += 1
            return count != countMax
        }
        execution.replies.integer(count)
    }

    private static func keyCount(_ arguments: Slices) throws(CommandError) -> Int {
        guard let count = arguments[1].integer, count > 0 else {
            throw .text("ERR numkeys should be greater than 0")
        }
        guard count <= arguments.count - 2 else {
            throw .text("ERR Number of keys can't be greater than number of args")
        }
        return Int(count)
    }

    /// The number after the word `LIMIT`; 0 is no limit.
    private static func limit(_ arguments: Slices, from start: Int) throws(CommandError) -> Int {
        var limit = 0
        var index = start
        while index < arguments.count {
            guard arguments[index].isWord("limit"), index + 1 < arguments.count else {
                throw .syntax
            }
            limit = try arguments.count(index + 1, orElse: .text("ERR LIMIT can't be negative"))
            index += 2
        }
        return limit
    }

    static let sinterstore = DataCommand(
        CommandDeclaration(
            "sinterstore", arity: -3, [.write, .denyOOM], categories: [.set],
            keys: [.key([.readWrite, .update]), .keys([.readOnly, .access], from: 2)],
            docs: CommandDocs(
                "Stores the members that all of some sets have.",
                complexity: intersectionComplexity, since: "1.0.0", group: .set,
                arguments: [.key("destination"), .key("key", .multiple, specification: 1)]))
    ) { arguments, execution throws(CommandError) in
        let sets = try execution.sets(of: arguments.dropFirst(2))
        let limits = execution.database.setLimits
        let made = SetIntersection(sets)?.made(limits: limits) ?? SetValue.makeIntset()
        execution.store(made, at: arguments[1], "sinterstore")
    }

    private static let intersectionComplexity: StaticString = """
        O(N*M) worst case where N is the cardinality of the smallest set and M is the number of \
        sets.
        """
}

extension Execution {
    /// The sets of keys for a command that reads them, in their order; missing ones as nothing.
    ///
    /// - Parameter count: how many of the arguments are keys; all if it is not given.
    func sets(of keys: Slices, count: Int? = nil) throws(CommandError) -> [SetContents?] {
        let count = count ?? keys.count
        var sets: [SetContents?] = []
        sets.reserveCapacity(count)
        for index in 0..<count { sets.append(try set(of: keys[index])) }
        return sets
    }

    /// Puts a set that was made aside in the place of a key's value, or removes the key when the
    /// set is empty, and replies with its size.
    mutating func store(_ set: SetValue, at argument: ByteSlice, _ event: StaticString) {
        let key = key(argument)
        let count = set.count
        if count > 0 {
            database.store(set.value, at: key, .set(event))
            changed()
        } else {
            set.free()
            if database.delete(key) { changed() }
        }
        replies.integer(count)
    }
}
