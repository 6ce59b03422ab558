import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let setnx = DataCommand(
        CommandDeclaration(
            "setnx", arity: 3, [.write, .denyOOM, .fast], categories: [.string],
            keys: [.key([.overwrite, .insert])],
            docs: CommandDocs(
                "Sets the string value of a key that does not exist yet.",
                complexity: "O(1)", since: "1.0.0", group: .string,
                arguments: [.key(), .string("value")],
                deprecation: ("2.6.12", "`SET` with the `NX` argument")))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard execution.database.entryForChange(of: key) == nil else {
            return execution.replies.integer(0)
        }
        execution.set(key, to: StringValue(arguments[2]))
        execution.changed()
        execution.replies.integer(1)
    }
}
