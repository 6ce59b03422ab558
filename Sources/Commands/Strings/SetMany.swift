import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let mset = DataCommand(
        CommandDeclaration(
            "mset", arity: -3, [.write, .denyOOM], categories: [.string],
            keys: [.keys([.overwrite, .update], step: 2)],
            tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Sets the string values of several keys at once.",
                complexity: "O(N) where N is the number of keys to set.",
                since: "1.0.1", group: .string, arguments: keysWithValues))
    ) { arguments, execution throws(CommandError) in
        guard arguments.count % 2 == 1 else { throw .wrongArity("mset") }
        setMany(arguments, &execution)
        execution.replies.ok()
    }

    static let msetnx = DataCommand(
        CommandDeclaration(
            "msetnx", arity: -3, [.write, .denyOOM], categories: [.string],
            keys: [.keys([.overwrite, .insert], step: 2)],
            docs: CommandDocs(
                "Sets the string values of several keys, unless one of them exists already.",
                complexity: "O(N) where N is the number of keys to set.",
                since: "1.0.1", group: .string, arguments: keysWithValues))
    ) { arguments, execution throws(CommandError) in
        guard arguments.count % 2 == 1 else { throw .wrongArity("msetnx") }
        for index in stride(from: 1, to: arguments.count, by: 2)
        where execution.database.entryForChange(of: execution.key(arguments[index])) != nil {
            return execution.replies.integer(0)
        }
        setMany(arguments, &execution)
        execution.replies.integer(1)
    }

    private static func setMany(_ arguments: Slices, _ execution: inout Execution) {
        var index = 1
        while index < arguments.count {
            execution.set(execution.key(arguments[index]), to: StringValue(arguments[index + 1]))
            index += 2
        }
        execution.changed(arguments.count / 2)
    }

    private static let keysWithValues: [ArgumentDocs] = [
        .block("data", .multiple, [.key(), .string("value")])
    ]
}
