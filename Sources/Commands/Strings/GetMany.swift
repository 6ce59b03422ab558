import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let mget = DataCommand(
        CommandDeclaration(
            "mget", arity: -2, [.readOnly, .fast], categories: [.string],
            keys: [.keys([.readOnly, .access])], tips: ["request_policy:multi_shard"],
            docs: CommandDocs(
                "Returns the string values of several keys, null for one that holds no string.",
                complexity: "O(N) where N is the number of keys to retrieve.",
                since: "1.0.0", group: .string, arguments: [.key("key", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        execution.replies.array(arguments.count - 1)
        for index in 1..<arguments.count {
            let entry = execution.database.entry(of: execution.key(arguments[index]))
            execution.replies.string(entry?.type == .string ? entry?.string : nil)
        }
    }
}
