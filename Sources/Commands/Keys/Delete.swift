import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let del = DataCommand(
        CommandDeclaration(
            "del", arity: -2, [.write], categories: [.keyspace],
            keys: [.keys([.remove, .delete])],
            tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
            docs: CommandDocs(
                "Deletes keys with their values.",
                complexity: """
                    O(N) where N is the number of keys that will be removed. When a key to remove \
                    holds a value other than a string, the individual complexity for this key is \
                    O(M) where M is the number of elements in the list, set, sorted set or hash. \
                    Removing a single key that holds a string value is O(1).
                    """,
                since: "1.0.0", group: .generic, arguments: [.key("key", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        delete(arguments, &execution, lazily: execution.settings.deletesLazily)
    }

    static let unlink = DataCommand(
        CommandDeclaration(
            "unlink", arity: -2, [.write, .fast], categories: [.keyspace],
            keys: [.keys([.remove, .delete])],
            tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
            docs: CommandDocs(
                "Deletes keys and leaves the freeing of large values for later.",
                complexity: """
                    O(1) for each key removed regardless of its size. Then the command does O(N) \
                    work in a different thread in order to reclaim memory, where N is the number \
                    of allocations the deleted objects where composed of.
                    """,
                since: "4.0.0", group: .generic, arguments: [.key("key", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        delete(arguments, &execution, lazily: true)
    }

    private static func delete(
        _ arguments: Slices, _ execution: inout Execution, lazily: Bool
    ) {
        var deleted = 0
        for index in 1..<arguments.count
        where execution.database.delete(
            execution.key(arguments[index]), lazily: lazily)
        {
            deleted += 1
        }
        execution.changed(deleted)
        execution.replies.integer(deleted)
    }
}
