import Bytes
import Keyspace
import RESP

extension SetCommands {
    static let sunion = DataCommand(
        CommandDeclaration(
            "sunion", arity: -2, [.readOnly], categories: [.set],
            keys: [.keys([.readOnly, .access])], tips: ["nondeterministic_output_order"],
            docs: CommandDocs(
                "Returns the members that any of some sets has.",
                complexity: totalComplexity, since: "1.0.0", group: .set,
                arguments: [.key("key", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        let sets = try execution.sets(of: arguments.dropFirst(1))
        let union = SetUnion(sets)
        execution.reply(union.made(limits: execution.database.setLimits, isStored: false))
    }

    static let sunionstore = DataCommand(
        CommandDeclaration(
            "sunionstore", arity: -3, [.write, .denyOOM], categories: [.set],
            keys: [.key([.overwrite, .update]), .keys([.readOnly, .access], from: 2)],
            docs: CommandDocs(
                "Stores the members that any of some sets has.",
                complexity: totalComplexity, since: "1.0.0", group: .set,
                arguments: [.key("destination"), .key("key", .multiple, specification: 1)]))
    ) { arguments, execution throws(CommandError) in
        let sets = try execution.sets(of: arguments.dropFirst(2))
        let union = SetUnion(sets)
        execution.store(
            union.made(limits: execution.database.setLimits, isStored: true), at: arguments[1],
            "sunionstore")
    }

    static let sdiff = DataCommand(
        CommandDeclaration(
            "sdiff", arity: -2, [.readOnly], categories: [.set],
            keys: [.keys([.readOnly, .access])], tips: ["nondeterministic_output_order"],
            docs: CommandDocs(
                "Returns the members of the first set that no other set has.",
                complexity: totalComplexity, since: "1.0.0", group: .set,
                arguments: [.key("key", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        let sets = try execution.sets(of: arguments.dropFirst(1))
        let difference = SetDifference(sets)
        execution.reply(difference.made(limits: execution.database.setLimits))
    }

    static let sdiffstore = DataCommand(
        CommandDeclaration(
            "sdiffstore", arity: -3, [.write, .denyOOM], categories: [.set],
            keys: [.key([.overwrite, .update]), .keys([.readOnly, .access], from: 2)],
            docs: CommandDocs(
                "Stores the members of the first set that no other set has.",
                complexity: totalComplexity, since: "1.0.0", group: .set,
                arguments: [.key("destination"), .key("key", .multiple, specification: 1)]))
    ) { arguments, execution throws(CommandError) in
        let sets = try execution.sets(of: arguments.dropFirst(2))
        let difference = SetDifference(sets)
        execution.store(
            difference.made(limits: execution.database.setLimits), at: arguments[1],
            "sdiffstore")
    }

    private static let totalComplexity: StaticString =
        "O(N) where N is the total number of elements in all given sets."
}

extension Execution {
    /// Replies with a set that was made aside, and frees it.
    fileprivate mutating func reply(_ set: SetValue) {
        let replies = replies
        replies.set(set.count)
        set.contents.forEach { replies.member($0) }
        set.free()
    }
}
