import Bytes
import Keyspace
import RESP

extension SetCommands {
    static let smembers = DataCommand(
        CommandDeclaration(
            "smembers", arity: 2, [.readOnly], categories: [.set],
            keys: [.key([.readOnly, .access])], tips: ["nondeterministic_output_order"],
            docs: CommandDocs(
                "Returns every member of a set.",
                complexity: "O(N) where N is the set cardinality.", since: "1.0.0", group: .set,
                arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.set(of: arguments[1])
        let replies = execution.replies
        replies.set(set?.count ?? 0)
        set?.forEach { replies.member($0) }
    }

    static let scard = DataCommand(
        CommandDeclaration(
            "scard", arity: 2, [.readOnly, .fast], categories: [.set], keys: [.key(.readOnly)],
            docs: CommandDocs(
                "Returns the number of members of a set.", complexity: "O(1)", since: "1.0.0",
                group: .set, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.set(of: arguments[1])
        execution.replies.integer(set?.count ?? 0)
    }

    static let sismember = DataCommand(
        CommandDeclaration(
            "sismember", arity: 3, [.readOnly, .fast], categories: [.set],
            keys: [.key(.readOnly)],
            docs: CommandDocs(
                "Tells whether a set has a member.", complexity: "O(1)", since: "1.0.0",
                group: .set, arguments: [.key(), .string("member")]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.set(of: arguments[1])
        execution.replies.integer(set?.contains(StringValue(arguments[2])) ?? false)
    }

    static let smismember = DataCommand(
        CommandDeclaration(
            "smismember", arity: -3, [.readOnly, .fast], categories: [.set],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Tells of several members whether a set has them.",
                complexity:
                    "O(N) where N is the number of elements being checked for membership",
                since: "6.2.0", group: .set, arguments: [.key(), .string("member", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.set(of: arguments[1])
        execution.replies.array(arguments.count - 2)
        for index in 2..<arguments.count {
            execution.replies.integer(set?.contains(StringValue(arguments[index])) ?? false)
        }
    }
}
