import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let getdel = DataCommand(
        CommandDeclaration(
            "getdel", arity: 2, [.write, .fast], categories: [.string],
            keys: [.key([.readWrite, .access, .delete])],
            docs: CommandDocs(
                "Returns the string value of a key and deletes the key.",
                complexity: "O(1)", since: "6.2.0", group: .string, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        let value = try execution.database.entry(of: key).requireString()
        execution.replies.string(value)
        guard value != nil else { return }

        execution.database.delete(key)
        execution.changed()
        execution.keep("DEL", arguments[1])
    }
}
