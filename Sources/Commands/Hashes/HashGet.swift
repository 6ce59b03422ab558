import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hget = DataCommand(
        CommandDeclaration(
            "hget", arity: 3, [.readOnly, .fast], categories: [.hash],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the value of a field of a hash.", complexity: "O(1)", since: "2.0.0",
                group: .hash, arguments: [.key(), .string("field")]))
    ) { arguments, execution throws(CommandError) in
        let hash = try execution.hash(at: arguments[1])
        execution.replies.string(hash?.find(arguments[2])?.value)
    }

    static let hmget = DataCommand(
        CommandDeclaration(
            "hmget", arity: -3, [.readOnly, .fast], categories: [.hash],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the values of several fields of a hash.",
                complexity: "O(N) where N is the number of fields being requested.",
                since: "2.0.0", group: .hash, arguments: [.key(), .string("field", .multiple)]))
    ) { arguments, execution throws(CommandError) in
        let hash = try execution.hash(at: arguments[1])
        execution.replies.array(arguments.count - 2)
        for index in 2..<arguments.count {
            execution.replies.string(hash?.find(arguments[index])?.value)
        }
    }

    static let hstrlen = DataCommand(
        CommandDeclaration(
            "hstrlen", arity: 3, [.readOnly, .fast], categories: [.hash], keys: [.key(.readOnly)],
            docs: CommandDocs(
                "Returns the length of the value of a field.", complexity: "O(1)",
                since: "3.2.0", group: .hash, arguments: [.key(), .string("field")]))
    ) { arguments, execution throws(CommandError) in
        let hash = try execution.hash(at: arguments[1])
        execution.replies.integer(hash?.find(arguments[2])?.value.count ?? 0)
    }

    static let hexists = DataCommand(
        CommandDeclaration(
            "hexists", arity: 3, [.readOnly, .fast], categories: [.hash], keys: [.key(.readOnly)],
            docs: CommandDocs(
                "Tells whether a hash has a field.", complexity: "O(1)", since: "2.0.0",
                group: .hash, arguments: [.key(), .string("field")]))
    ) { arguments, execution throws(CommandError) in
        let hash = try execution.hash(at: arguments[1])
        execution.replies.integer(hash?.find(arguments[2]) != nil)
    }

    static let hlen = DataCommand(
        CommandDeclaration(
            "hlen", arity: 2, [.readOnly, .fast], categories: [.hash], keys: [.key(.readOnly)],
            docs: CommandDocs(
                "Returns the number of fields of a hash.", complexity: "O(1)", since: "2.0.0",
                group: .hash, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        execution.replies.integer(try execution.hash(at: arguments[1])?.count ?? 0)
    }
}
