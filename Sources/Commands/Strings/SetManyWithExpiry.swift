import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let msetex = DataCommand(
        CommandDeclaration(
            "msetex", arity: -4, [.write, .denyOOM, .movableKeys], categories: [.string],
            keys: [
                KeySpecification(
                    [.overwrite, .update], begin: .index(1),
                    find: .count(at: 0, first: 1, step: 2))
            ],
            tips: ["request_policy:multi_shard", "response_policy:all_succeeded"],
            docs: CommandDocs(
                "Sets the string values of several keys, which go at the same time.",
                complexity: "O(N) where N is the number of keys to set.",
                since: "8.4.0", group: .string,
                arguments: [
                    .integer("numkeys"), .block("data", .multiple, [.key(), .string("value")]),
                    .oneOf("condition", .optional, [.word("nx", "NX"), .word("xx", "XX")]),
                    .oneOf(
                        "expiration", .optional,
                        [
                            .integer("seconds", token: "EX"),
                            .integer("milliseconds", token: "PX"),
                            .unixTime("unix-time-seconds", token: "EXAT"),
                            .unixTime("unix-time-milliseconds", token: "PXAT"),
                            .word("keepttl", "KEEPTTL"),
                        ]),
                ]))
    ) { arguments, execution throws(CommandError) in
        let keysEnd = try endOfKeys(arguments)
        let options = try SetOptions(arguments, from: keysEnd, takes: .deadlinesAndPresence)
        let deadline = try options.time?.deadline(arguments, execution, of: "msetex")
        for index in stride(from: 2, to: keysEnd, by: 2) {
            let isThere =
                execution.database.entryForChange(of: execution.key(arguments[index])) != nil
            guard options.allows(keyExists: isThere) else {
                return execution.replies.integer(0)
            }
        }

        let change: DeadlineChange =
            deadline.map { .set($0) } ?? (options.keepsDeadline ? .keep : .remove)
        for index in stride(from: 2, to: keysEnd, by: 2) {
            let (key, value) = (arguments[index], arguments[index + 1])
            execution.set(execution.key(key), to: StringValue(value), deadline: change)
            if let deadline {
                execution.keep("SET", key, value, ByteSlice("PXAT"), execution.decimal(deadline))
            } else if options.keepsDeadline {
                execution.keep("SET", key, value, ByteSlice("KEEPTTL"))
            } else {
                execution.keep("SET", key, value)
            }
        }
        execution.changed(keysEnd / 2 - 1)
        execution.replies.integer(1)
    }

    /// The index behind the keys and values, whose number stands before them.
    private static func endOfKeys(_ arguments: Slices) throws(CommandError) -> Int {
        guard let count = arguments[1].integer, count > 0, count <= Int32.max else {
            throw .text("ERR invalid numkeys value or out of range")
        }
        let end = 2 + Int(count) * 2
        guard end <= arguments.count else { throw .syntax }
        return end
    }
}
