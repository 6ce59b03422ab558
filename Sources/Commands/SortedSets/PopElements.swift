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
                complexity: popComplexity,
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
                complexity: popComplexity,
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
            keys: [.counted([.readWrite, .access, .delete], at: 1)],
            docs: CommandDocs(
                "Removes and answers members of the first of several sorted sets that is not empty.",
                complexity: popManyComplexity,
                since: "7.0.0", group: .sortedSet,
                arguments: [
                    .integer("numkeys"),
                    .key("key", .multiple),
                    .end,
                    .integer("count", token: "COUNT", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let request = try PopRequest(arguments, at: 1)
        guard try execution.popMany(request, arguments) else {
            return execution.replies.nullArray()
        }
    }
}
