import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let setrange = DataCommand(
        CommandDeclaration(
            "setrange", arity: 4, [.write, .denyOOM], categories: [.string],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Overwrites a part of the string value of a key from an offset on.",
                complexity: """
                    O(1), not counting the time taken to copy the new string in place. Usually, \
                    this string is very small so the amortized complexity is O(1). Otherwise, \
                    complexity is O(M) with M being the length of the value argument.
                    """,
                since: "2.2.0", group: .string,
                arguments: [.key(), .integer("offset"), .string("value")]))
    ) { arguments, execution throws(CommandError) in
        let offset = try arguments.integer(2)
        guard offset >= 0 else { throw .offsetOutOfRange }
        let part = arguments[3]
        let key = execution.key(arguments[1])
        let old = try execution.database.entryForChange(of: key).requireString()
        guard !part.isEmpty else { return execution.replies.integer(old?.count ?? 0) }
        try execution.checkCount(Int(offset), adding: part.count)

        if old == nil { execution.database.setUntold(key, to: .bytes(.empty), deadline: .remove) }
        let count = execution.database.overwrite(
            key, at: Int(offset), with: part, .string("setrange"))
        execution.changed()
        execution.replies.integer(count)
    }
}
