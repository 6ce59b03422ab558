import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let strlen = DataCommand(
        CommandDeclaration(
            "strlen", arity: 2, [.readOnly, .fast], categories: [.string],
            keys: [.key([.readOnly])],
            docs: CommandDocs(
                "Returns the length in bytes of the string value of a key.",
                complexity: "O(1)", since: "2.2.0", group: .string, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let entry = execution.database.entry(of: execution.key(arguments[1]))
        execution.replies.integer(try entry.requireString()?.count ?? 0)
    }
}
