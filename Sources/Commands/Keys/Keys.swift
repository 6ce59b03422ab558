import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let keys = DataCommand(
        CommandDeclaration(
            "keys", arity: 2, [.readOnly], categories: [.keyspace, .dangerous],
            tips: ["request_policy:all_shards", "nondeterministic_output_order"],
            docs: CommandDocs(
                "Lists every key of the database whose name matches a pattern.",
                complexity: """
                    O(N) with N being the number of keys in the database, under the assumption \
                    that the key names in the database and the given pattern have limited length.
                    """,
                since: "1.0.0", group: .generic, arguments: [.pattern()]))
    ) { arguments, execution throws(CommandError) in
        let database = execution.database
        let pattern = arguments[1]
        let matchesAll = pattern == "*"
        var found: [Entry] = []
        database.seeEverything()
        // A key past its deadline is passed over but stays: to remove here would hold up the
        // server for longer still.
        database.forEach { entry in
            guard matchesAll || Glob.matches(entry.key, pattern) else { return }
            if !database.isPast(entry) { found.append(entry) }
        }
        execution.replies.array(found.count)
        for entry in found { execution.replies.bulk(entry.key) }
    }
}
