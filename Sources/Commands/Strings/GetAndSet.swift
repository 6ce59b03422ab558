import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let getset = DataCommand(
        CommandDeclaration(
            "getset", arity: 3, [.write, .denyOOM, .fast], categories: [.string],
            keys: [.key([.readWrite, .access, .update])],
            docs: CommandDocs(
                "Sets the string value of a key and returns the old one.",
                complexity: "O(1)", since: "1.0.0", group: .string,
                arguments: [.key(), .string("value")],
                deprecation: ("6.2.0", "`SET` with the `!GET` argument")))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        execution.replies.string(try execution.database.entry(of: key).requireString())

        execution.set(key, to: StringValue(arguments[2]))
        execution.changed()
        // Whoever replays the record has nobody to give the old value to.
        execution.keep("SET", arguments[1], arguments[2])
    }
}
