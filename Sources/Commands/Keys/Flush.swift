import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let flushdb = DataCommand(
        flush(
            "flushdb", "Removes every key of the database.",
            complexity: "O(N) where N is the number of keys in the selected database")
    ) { arguments, execution throws(CommandError) in
        try flush(execution.database, arguments, &execution)
    }

    static let flushall = DataCommand(
        flush(
            "flushall", "Removes every key of all databases.",
            complexity: "O(N) where N is the total number of keys in all databases")
    ) { arguments, execution throws(CommandError) in
        try flush(nil, arguments, &execution)
    }

    private static func flush(
        _ database: Database?, _ arguments: Slices, _ execution: inout Execution
    ) throws(CommandError) {
        let lazily: Bool
        switch arguments.count {
        case 1: lazily = execution.settings.flushesLazily
        case 2 where arguments[1].isWord("async"): lazily = true
        case 2 where arguments[1].isWord("sync"): lazily = false
        default: throw .syntax
        }
        let removed = execution.keyspace.flush(database, lazily: lazily)
        let mayBeSaved = database == nil && !execution.isReplaying
        let isSaved = mayBeSaved && execution.keyspace.shared.value.onFlushedAll?() == true
        // What is in a file already is no change since then.
        if !isSaved { execution.changed(removed) }
        // Also when nothing was there, as Redis does, which does not know what a replica holds.
        execution.keep(arguments)
        execution.replies.ok()
    }

    private static func flush(
        _ name: StaticString, _ summary: StaticString, complexity: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: -1, [.write], categories: [.keyspace, .dangerous],
            tips: ["request_policy:all_shards", "response_policy:all_succeeded"],
            docs: CommandDocs(
                summary, complexity: complexity, since: "1.0.0", group: .server,
                arguments: [
                    .oneOf(
                        "flush-type", .optional,
                        [
                            .word("async", "ASYNC", since: "4.0.0"),
                            .word("sync", "SYNC", since: "6.2.0"),
                        ])
                ],
                history: [
                    ("4.0.0", "Added the `ASYNC` flushing mode modifier."),
                    ("6.2.0", "Added the `SYNC` flushing mode modifier."),
                ]))
    }
}
