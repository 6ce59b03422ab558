import Bytes
import Keyspace
import RESP

extension SetCommands {
    static let sadd = DataCommand(
        CommandDeclaration(
            "sadd", arity: -3, [.write, .denyOOM, .fast], categories: [.set],
            keys: [.key([.readWrite, .insert])],
            docs: CommandDocs(
                "Adds members to a set, which is made if it is missing.",
                complexity: """
                    O(1) for each element added, so O(N) to add N elements when the command is \
                    called with multiple arguments.
                    """,
                since: "1.0.0", group: .set, arguments: [.key(), .string("member", .multiple)],
                history: [("2.4.0", "Accepts multiple `member` arguments.")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        let members = arguments.dropFirst(2)
        let limits = execution.database.setLimits
        let added: Int
        if let entry = try execution.setForChange(of: key) {
            added = entry.changeSet { set in
                set.expect(members.count, limits: limits)
                return set.add(members, limits)
            }
            if added > 0 { execution.database.valueChanged(key, .set("sadd")) }
        } else {
            var set = SetValue.make(
                for: StringValue(members[0]), count: members.count, limits: limits)
            added = set.add(members, limits)
            execution.database.insert(set.value, at: key)
            execution.database.valueChanged(key, .set("sadd"))
        }
        if added > 0 { execution.changed(added) }
        execution.replies.integer(added)
    }
}

extension SetValue {
    /// Adds members and returns how many were not there.
    fileprivate mutating func add(_ members: Slices, _ limits: SetLimits) -> Int {
        var added = 0
        for index in 0..<members.count where add(StringValue(members[index]), limits: limits) {
            added += 1
        }
        return added
    }
}
