import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let lrem = DataCommand(
        CommandDeclaration(
            "lrem", arity: 4, [.write], categories: [.list], keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Removes elements that are equal to one, from either end on.",
                complexity: """
                    O(N+M) where N is the length of the list and M is the number of elements \
                    removed.
                    """,
                since: "1.0.0", group: .list,
                arguments: [.key(), .integer("count"), .string("element")]))
    ) { arguments, execution throws(CommandError) in
        let count = try arguments.signedCount(2)
        let key = execution.key(arguments[1])
        guard let list = try execution.listForChange(key) else {
            return execution.replies.integer(0)
        }
        let removed = list.remove(
            StringValue(arguments[3]), countMax: count == 0 ? .max : abs(count),
            backwards: count < 0)
        if removed > 0 {
            execution.finishRemoval(from: list, of: key, "lrem")
            execution.changed(removed)
        }
        execution.replies.integer(removed)
    }
}

extension Slices {
    /// An argument as an integer whose negation is one, too.
    func signedCount(_ index: Int) throws(CommandError) -> Int {
        let value = try integer(index)
        guard value != .min else {
            throw .text(
                """
                ERR value is out of range, value must between -9223372036854775807 and \
                9223372036854775807
                """)
        }
        return Int(value)
    }
}
