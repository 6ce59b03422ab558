import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let copy = DataCommand(
        CommandDeclaration(
            "copy", arity: -3, [.write, .denyOOM], categories: [.keyspace],
            keys: [.key([.readOnly, .access]), .key([.overwrite, .update], at: 2)],
            docs: CommandDocs(
                "Copies a key with value and deadline to another key or database.",
                complexity: """
                    O(N) worst case for collections, where N is the number of nested items. O(1) \
                    for string values.
                    """,
                since: "6.2.0", group: .generic,
                arguments: [
                    .key("source"), .key("destination", specification: 1),
                    .integer("destination-db", token: "DB", .optional),
                    .word("replace", "REPLACE", .optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        let options = try CopyOptions(arguments, databaseCount: execution.keyspace.databaseCount)
        let source = execution.database
        let target = options.database.map { execution.keyspace[$0] } ?? source
        let key = execution.key(arguments[1])
        let newKey = execution.key(arguments[2])
        if source == target, key.bytes == newKey.bytes { throw .sameObject }

        guard source.entry(of: key) != nil else { return execution.replies.integer(0) }
        if target.entryForChange(of: newKey) != nil {
            guard options.replaces else { return execution.replies.integer(0) }
            target.remove(newKey)
        }
        if let entry = source.entryUntouched(of: key) {
            target.copy(entry, to: newKey, in: target)
        }
        execution.changed()
        execution.replies.integer(1)
    }
}

/// The words behind `COPY source destination`.
struct CopyOptions: Equatable {
    private(set) var database: Int?
    private(set) var replaces = false

    init(_ arguments: Slices, databaseCount: Int) throws(CommandError) {
        var index = 3
        while index < arguments.count {
            if arguments[index].isWord("replace") {
                replaces = true
            } else if arguments[index].isWord("db"), index + 1 < arguments.count {
                database = try arguments.databaseIndex(index + 1, of: databaseCount)
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }
}
