import Bytes
import Keyspace
import RESP

extension SetCommands {
    static let smove = DataCommand(
        CommandDeclaration(
            "smove", arity: 4, [.write, .fast], categories: [.set],
            keys: [
                .key([.readWrite, .access, .delete]), .key([.readWrite, .insert], at: 2),
            ],
            docs: CommandDocs(
                "Takes a member out of one set and adds it to another.",
                complexity: "O(1)", since: "1.0.0", group: .set,
                arguments: [
                    .key("source"), .key("destination", specification: 1), .string("member"),
                ]))
    ) { arguments, execution throws(CommandError) in
        let (source, target) = (execution.key(arguments[1]), Key(arguments[2]))
        let member = StringValue(arguments[3])
        let database = execution.database
        guard let from = database.valueForChange(of: source) else {
            return execution.replies.integer(0)
        }
        let to = database.valueForChange(of: target)
        guard from.type == .set, to.map({ $0.type == .set }) ?? true else { throw .wrongType }
        if source.bytes == target.bytes {
            return execution.replies.integer(from.set.contains(member))
        }
        guard from.changeSet({ $0.remove(member) }) else { return execution.replies.integer(0) }
        execution.changed()

        let limits = database.setLimits
        // The entry of the target stays where it is while the source's goes.
        database.valueChanged(source, .set("srem"), isEmpty: from.set.isEmpty)
        if let to {
            if to.changeSet({ $0.add(member, limits: limits) }) {
                database.valueChanged(target, .set("sadd"))
                execution.changed()
            }
        } else {
            var made = SetValue.make(for: member, count: 1, limits: limits)
            _ = made.add(member, limits: limits)
            database.insert(made.value, at: target)
            database.valueChanged(target, .set("sadd"))
            execution.changed()
        }
        execution.replies.integer(1)
    }
}
