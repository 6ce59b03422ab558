import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let type = DataCommand(
        CommandDeclaration(
            "type", arity: 2, [.readOnly, .fast], categories: [.keyspace],
            keys: [.key([.readOnly])],
            docs: CommandDocs(
                "Returns the type of the value that a key holds.",
                complexity: "O(1)", since: "1.0.0", group: .generic, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let entry = execution.database.entryUnmarked(of: execution.key(arguments[1]))
        execution.replies.simple(entry?.type.name ?? "none")
    }
}
