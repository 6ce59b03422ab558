import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let persist = DataCommand(
        CommandDeclaration(
            "persist", arity: 2, [.write, .fast], categories: [.keyspace],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Takes the deadline off a key, so that it stays.",
                complexity: "O(1)", since: "2.2.0", group: .generic, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard let entry = execution.database.entryForChange(of: key), entry.hasDeadline else {
            return execution.replies.integer(0)
        }
        execution.database.setDeadline(nil, of: key)
        execution.changed()
        execution.replies.integer(1)
    }
}
