import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hset = DataCommand(
        CommandDeclaration(
            "hset", arity: -4, [.write, .denyOOM, .fast], categories: [.hash],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Sets fields of a hash.",
                complexity: """
                    O(1) for each field/value pair added, so O(N) to add N field/value pairs when \
                    the command is called with multiple field/value pairs.
                    """,
                since: "2.0.0", group: .hash, arguments: [.key(), fieldsWithValues],
                history: [("4.0.0", "Accepts multiple `field` and `value` arguments.")]))
    ) { arguments, execution throws(CommandError) in
        guard arguments.count % 2 == 0 else { throw .wrongArity("hset") }
        let added = try set(arguments, &execution)
        execution.replies.integer(added)
    }

    static let hmset = DataCommand(
        CommandDeclaration(
            "hmset", arity: -4, [.write, .denyOOM, .fast], categories: [.hash],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Sets several fields of a hash.",
                complexity: "O(N) where N is the number of fields being set.",
                since: "2.0.0", group: .hash, arguments: [.key(), fieldsWithValues],
                deprecation: ("4.0.0", "`HSET` with multiple field-value pairs")))
    ) { arguments, execution throws(CommandError) in
        guard arguments.count % 2 == 0 else { throw .wrongArity("hmset") }
        _ = try set(arguments, &execution)
        execution.replies.ok()
    }

    static let hsetnx = DataCommand(
        CommandDeclaration(
            "hsetnx", arity: 4, [.write, .denyOOM, .fast], categories: [.hash],
            keys: [.key([.readWrite, .insert])],
            docs: CommandDocs(
                "Sets a field of a hash that does not have it.", complexity: "O(1)",
                since: "2.0.0", group: .hash,
                arguments: [.key(), .string("field"), .string("value")]))
    ) { arguments, execution throws(CommandError) in
        if var changing = try execution.hashForChange(at: arguments[1]) {
            guard execution.field(arguments[2], in: &changing) == nil else {
                return execution.replies.integer(0)
            }
        }
        _ = try set(arguments, &execution)
        execution.replies.integer(1)
    }

    private static let fieldsWithValues = ArgumentDocs.block(
        "data", .multiple, [.string("field"), .string("value")])

    /// Sets the pairs behind the key. Returns how many of the fields are new.
    private static func set(
        _ arguments: Slices, _ execution: inout Execution
    ) throws(CommandError) -> Int {
        let pairs = arguments.count / 2 - 1
        var changing: ChangingHash
        if let found = try execution.hashForChange(at: arguments[1]) {
            changing = found
            changing.hash.expect(pairs)
        } else {
            var size = 0
            for index in 2..<arguments.count { size += arguments[index].count }
            changing = execution.newHash(at: arguments[1], count: pairs, size: size)
        }
        var added = 0
        var index = 2
        while index < arguments.count {
            let text = StringValue(arguments[index + 1])
            execution.expireField(arguments[index], in: &changing)
            if changing.hash.set(arguments[index], text) { added += 1 }
            index += 2
        }
        execution.settle(changing, "hset")
        execution.changed(pairs)
        return added
    }
}
