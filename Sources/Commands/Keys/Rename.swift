import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let rename = DataCommand(
        rename(
            "rename", [.write], target: [.overwrite, .update],
            "Gives a key another name; a key that has the name goes.")
    ) { arguments, execution throws(CommandError) in
        _ = try rename(arguments, &execution, overwrites: true)
        execution.replies.ok()
    }

    static let renamenx = DataCommand(
        rename(
            "renamenx", [.write, .fast], target: [.overwrite, .insert],
            "Gives a key another name, unless a key has it already.",
            history: [
                (
                    "3.2.0",
                    """
                    The command no longer returns an error when source and destination names are \
                    the same.
                    """
                )
            ])
    ) { arguments, execution throws(CommandError) in
        execution.replies.integer(try rename(arguments, &execution, overwrites: false))
    }

    /// Returns whether the key has the name now and had not before.
    private static func rename(
        _ arguments: Slices, _ execution: inout Execution, overwrites: Bool
    ) throws(CommandError) -> Bool {
        let database = execution.database
        let key = execution.key(arguments[1])
        let newKey = execution.key(arguments[2])
        guard database.entryForChange(of: key) != nil else { throw .noSuchKey }
        if key.bytes == newKey.bytes { return false }
        if !overwrites, database.entryForChange(of: newKey) != nil { return false }

        database.remove(newKey, lazily: execution.settings.removesLazily)
        database.move(key, to: newKey, in: database)
        execution.changed()
        return true
    }

    private static func rename(
        _ name: StaticString, _ flags: CommandFlags, target: KeySpecification.Use,
        _ summary: StaticString, history: [(version: StaticString, change: StaticString)] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: 3, flags, categories: [.keyspace],
            keys: [.key([.readWrite, .access, .delete]), .key(target, at: 2)],
            docs: CommandDocs(
                summary, complexity: "O(1)", since: "1.0.0", group: .generic,
                arguments: [.key(), .key("newkey", specification: 1)], history: history))
    }
}
