import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let dbsize = DataCommand(
        CommandDeclaration(
            "dbsize", arity: 1, [.readOnly, .fast], categories: [.keyspace],
            tips: ["request_policy:all_shards", "response_policy:agg_sum"],
            docs: CommandDocs(
                "Counts the keys of the database.",
                complexity: "O(1)", since: "1.0.0", group: .server))
    ) { _, execution throws(CommandError) in
        execution.database.seeEverything()
        execution.replies.integer(execution.database.count)
    }
}
