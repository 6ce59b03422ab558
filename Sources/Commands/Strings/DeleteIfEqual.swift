import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let delifeq = DataCommand(
        CommandDeclaration(
            "delifeq", arity: 3, [.write, .fast], categories: [.string],
            keys: [.key([.remove, .delete])],
            docs: CommandDocs(
                "Deletes a key if its string value is the given one.",
                complexity: "O(1)", since: "9.0.0", group: .string,
                arguments: [.key(), .string("value")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        let value = try execution.database.entryForChange(of: key).requireString()
        let deletes = value?.isText(arguments[2]) ?? false
        execution.delete(key, if: deletes)
    }

    static let delex = DataCommand(
        CommandDeclaration(
            "delex", arity: -2, [.write, .fast], categories: [.string],
            keys: [.key([.readWrite, .delete, .variableFlags])],
            docs: CommandDocs(
                "Deletes a key if its string value or the digest of it is as asked.",
                complexity: """
                    O(1) for IFEQ/IFNE, O(N) for IFDEQ/IFDNE where N is the length of the string \
                    value.
                    """,
                since: "8.4.0", group: .string,
                arguments: [
                    .key(),
                    .oneOf(
                        "condition", .optional,
                        [
                            .string("ifeq-value", token: "IFEQ"),
                            .string("ifne-value", token: "IFNE"),
                            .string("ifdeq-digest", token: "IFDEQ"),
                            .string("ifdne-digest", token: "IFDNE"),
                        ]),
                ]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard arguments.count != 2 else {
            // Without a condition a key of any type goes.
            return execution.delete(key, if: execution.database.entryForChange(of: key) != nil)
        }
        guard arguments.count == 4 else { throw .wrongArity("delex") }
        guard let entry = execution.database.entryForChange(of: key) else {
            return execution.replies.integer(0)
        }
        guard entry.type == .string else {
            throw .text("ERR Key should be of string type if conditions are specified")
        }
        guard let condition = ValueCondition(arguments, at: 2) else {
            throw .text("ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE")
        }
        execution.delete(key, if: try condition.holds(for: entry.string, arguments))
    }
}

extension Execution {
    /// Deletes a live key, or does not, and answers which.
    fileprivate mutating func delete(_ key: Key, if deletes: Bool) {
        if deletes {
            database.delete(key)
            changed()
            // Whether the condition held is decided; the record has only to say what came of it.
            keep("DEL", key.bytes)
        }
        replies.integer(deletes)
    }
}
