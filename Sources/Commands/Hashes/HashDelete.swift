import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hdel = DataCommand(
        CommandDeclaration(
            "hdel", arity: -3, [.write, .fast], categories: [.hash],
            keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Removes fields of a hash, and the hash with its last one.",
                complexity: "O(N) where N is the number of fields to be removed.",
                since: "2.0.0", group: .hash, arguments: [.key(), .string("field", .multiple)],
                history: [("2.4.0", "Accepts multiple `field` arguments.")]))
    ) { arguments, execution throws(CommandError) in
        guard var changing = try execution.hashForChange(at: arguments[1]) else {
            return execution.replies.integer(0)
        }
        var removed = 0
        for index in 2..<arguments.count where !changing.hash.isEmpty {
            execution.expireField(arguments[index], in: &changing)
            if changing.hash.remove(arguments[index]) { removed += 1 }
        }
        execution.settle(changing, changed: removed > 0, "hdel")
        execution.changed(removed)
        execution.replies.integer(removed)
    }
}
