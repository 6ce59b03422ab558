import Bytes
import Keyspace
import RESP

extension SortedSetCommands {
    static let zunionstore = DataCommand(
        storing(
            "zunionstore", "Stores the union of several sorted sets in a key.",
            complexity: """
                O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and \
                M being the number of elements in the resulting sorted set.
                """,
            since: "2.0.0", [.weights, .aggregate])
    ) { arguments, execution throws(CommandError) in
        try stored(.union, "zunionstore", arguments, &execution)
    }

    static let zinterstore = DataCommand(
        storing(
            "zinterstore", "Stores the intersection of several sorted sets in a key.",
            complexity: intersectionComplexity, since: "2.0.0", [.weights, .aggregate])
    ) { arguments, execution throws(CommandError) in
        try stored(.intersection, "zinterstore", arguments, &execution)
    }

    static let zdiffstore = DataCommand(
        storing(
            "zdiffstore",
            "Stores the members of the first of several sorted sets that no other one has.",
            complexity: differenceComplexity, since: "6.2.0")
    ) { arguments, execution throws(CommandError) in
        try stored(.difference, "zdiffstore", arguments, &execution)
    }

    private static func storing(
        _ name: StaticString, _ summary: StaticString, complexity: StaticString,
        since: StaticString, _ options: [ArgumentDocs] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: -4, [.write, .denyOOM, .movableKeys], categories: [.sortedSet],
            keys: [.key([.overwrite, .update]), .counted([.readOnly, .access], at: 2)],
            docs: CommandDocs(
                summary, complexity: complexity, since: since, group: .sortedSet,
                arguments: [
                    .key("destination"), .integer("numkeys"),
                    .key("key", .multiple, specification: 1),
                ] + options))
    }

    private static func stored(
        _ operation: CombineRequest.Operation, _ name: StaticString, _ arguments: Slices,
        _ execution: inout Execution
    ) throws(CommandError) {
        let request = try CombineRequest(operation, .store, of: name, arguments, at: 2, execution)
        var longest = 0
        var set = request.result(execution.encodings, longest: &longest)
        set.compact(memberSizeMax: longest, execution.encodings)
        execution.storeSortedSet(set, at: execution.key(arguments[1]), name)
    }
}
