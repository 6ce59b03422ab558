import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let move = DataCommand(
        CommandDeclaration(
            "move", arity: 3, [.write, .fast], categories: [.keyspace],
            keys: [.key([.readWrite, .access, .update])],
            docs: CommandDocs(
                "Moves a key to another database, unless that has a key of this name.",
                complexity: "O(1)", since: "1.0.0", group: .generic,
                arguments: [.key(), .integer("db")]))
    ) { arguments, execution throws(CommandError) in
        let count = execution.keyspace.databaseCount
        let target = execution.keyspace[try arguments.databaseIndex(2, of: count)]
        guard target != execution.database else { throw .sameObject }
        let key = execution.key(arguments[1])
        guard execution.database.entryForChange(of: key) != nil,
            target.entryForChange(of: key) == nil
        else { return execution.replies.integer(0) }

        execution.database.move(key, to: key, in: target)
        execution.changed()
        execution.replies.integer(1)
    }
}
