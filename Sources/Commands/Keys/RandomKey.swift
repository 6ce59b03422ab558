import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let randomkey = DataCommand(
        CommandDeclaration(
            "randomkey", arity: 1, [.readOnly], categories: [.keyspace],
            tips: [
                "request_policy:all_shards", "response_policy:special", "nondeterministic_output",
            ],
            docs: CommandDocs(
                "Returns the name of a key drawn at random.",
                complexity: "O(1)", since: "1.0.0", group: .generic))
    ) { _, execution throws(CommandError) in
        let database = execution.database
        database.seeEverything()
        guard let entry = database.randomEntry({ execution.random() }) else {
            return execution.replies.null()
        }
        execution.replies.bulk(entry.key)
    }
}
