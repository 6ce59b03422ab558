import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let exists = DataCommand(
        CommandDeclaration(
            "exists", arity: -2, [.readOnly, .fast], categories: [.keyspace],
            keys: [.keys([.readOnly])],
            tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
            docs: CommandDocs(
                "Counts which of the keys exist; a key that is named twice counts twice.",
                complexity: "O(N) where N is the number of keys to check.",
                since: "1.0.0", group: .generic, arguments: [.key("key", .multiple)],
                history: [("3.0.3", "Accepts multiple `key` arguments.")]))
    ) { arguments, execution throws(CommandError) in
        var found = 0
        for index in 1..<arguments.count
        where execution.database.entryUnmarked(of: execution.key(arguments[index])) != nil {
            found += 1
        }
        execution.replies.integer(found)
    }

    static let touch = DataCommand(
        CommandDeclaration(
            "touch", arity: -2, [.readOnly, .fast], categories: [.keyspace],
            keys: [.keys([.readOnly])],
            tips: ["request_policy:multi_shard", "response_policy:agg_sum"],
            docs: CommandDocs(
                "Marks keys as used just now and counts those that exist.",
                complexity: "O(N) where N is the number of keys that will be touched.",
                since: "3.2.1", group: .generic, arguments: [.key("key", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        var found = 0
        for index in 1..<arguments.count {
            let key = execution.key(arguments[index])
            guard let entry = execution.database.entryUnmarked(of: key) else { continue }
            // A client whose other commands leave no mark wants this one to.
            execution.database.mark(entry)
            found += 1
        }
        execution.replies.integer(found)
    }
}
