import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let llen = DataCommand(
        CommandDeclaration(
            "llen", arity: 2, [.readOnly, .fast], categories: [.list], keys: [.key([.readOnly])],
            docs: CommandDocs(
                "Returns the number of elements of a list.", complexity: "O(1)", since: "1.0.0",
                group: .list, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let list = try execution.list(execution.key(arguments[1]))
        execution.replies.integer(list?.count ?? 0)
    }
}
