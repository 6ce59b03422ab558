import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hgetdel = DataCommand(
        CommandDeclaration(
            "hgetdel", arity: -5, [.write, .fast], categories: [.hash],
            keys: [.key([.readWrite, .access, .delete])],
            docs: CommandDocs(
                "Returns the values of fields of a hash and removes them.",
                complexity: "O(N) where N is the number of specified fields.", since: "8.0.0",
                group: .hash, arguments: [.key(), HashFieldList.docs]))
    ) { arguments, execution throws(CommandError) in
        let found = try execution.hashForChange(at: arguments[1])
        let fields = try HashFieldList(
            arguments, at: 2, countError: "ERR Number of fields must be a positive integer")
        execution.replies.array(fields.count)
        guard var changing = found else {
            for _ in fields.indices { execution.replies.null() }
            return
        }
        var changed = ChangedFields()
        for index in fields.indices {
            let field = execution.field(arguments[index], in: &changing)
            execution.replies.string(field?.value)
            guard field != nil else { continue }
            changing.hash.remove(arguments[index])
            changed.append(arguments[index])
        }
        execution.settle(changing, changed: changed.count > 0, "hdel")
        guard changed.count > 0 else { return }
        execution.changed(changed.count)
        changed.keepRemoved(arguments[1], &execution)
    }
}
