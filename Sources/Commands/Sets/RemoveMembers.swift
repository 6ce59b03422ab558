import Bytes
import Keyspace
import RESP

extension SetCommands {
    static let srem = DataCommand(
        CommandDeclaration(
            "srem", arity: -3, [.write, .fast], categories: [.set],
            keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Removes members from a set, and the key with the last of them.",
                complexity: "O(N) where N is the number of members to be removed.",
                since: "1.0.0", group: .set, arguments: [.key(), .string("member", .multiple)],
                history: [("2.4.0", "Accepts multiple `member` arguments.")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard let entry = try execution.setForChange(of: key) else {
            return execution.replies.integer(0)
        }
        var removed = 0
        let isEmpty = entry.changeSet { set in
            for index in 2..<arguments.count where set.remove(StringValue(arguments[index])) {
                removed += 1
            }
            return set.isEmpty
        }
        if removed > 0 {
            execution.database.valueChanged(key, .set("srem"), isEmpty: isEmpty)
            execution.changed(removed)
        }
        execution.replies.integer(removed)
    }
}
