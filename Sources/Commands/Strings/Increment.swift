import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let incr = DataCommand(
        increment(
            "incr", "Adds one to the integer that a key holds; a missing key counts as zero.")
    ) { arguments, execution throws(CommandError) in
        try increment(arguments[1], by: 1, &execution)
    }

    static let decr = DataCommand(
        increment(
            "decr",
            "Subtracts one from the integer that a key holds; a missing key counts as zero.")
    ) { arguments, execution throws(CommandError) in
        try increment(arguments[1], by: -1, &execution)
    }

    static let incrby = DataCommand(
        increment(
            "incrby", by: "increment",
            "Adds a number to the integer that a key holds; a missing key counts as zero.")
    ) { arguments, execution throws(CommandError) in
        let amount = try arguments.integer(2)
        try increment(arguments[1], by: amount, &execution)
    }

    static let decrby = DataCommand(
        increment(
            "decrby", by: "decrement",
            "Subtracts a number from the integer that a key holds; a missing key counts as zero.")
    ) { arguments, execution throws(CommandError) in
        let amount = try arguments.integer(2)
        // It has no negative.
        guard amount != .min else { throw .text("ERR decrement would overflow") }
        try increment(arguments[1], by: -amount, &execution)
    }

    private static func increment(
        _ argument: ByteSlice, by amount: Int64, _ execution: inout Execution
    ) throws(CommandError) {
        let key = execution.key(argument)
        let old: Int64
        switch try execution.database.entryForChange(of: key).requireString() {
        case nil: old = 0
        case .integer(let integer)?: old = integer
        case .bytes(let bytes)?:
            // What `APPEND` and the like have put together is an integer all the same.
            guard let integer = bytes.integer else { throw .notAnInteger }
            old = integer
        }
        let (sum, overflowed) = old.addingReportingOverflow(amount)
        guard !overflowed else { throw .overflow }

        execution.database.set(key, to: .integer(sum), deadline: .keep, .string("incrby"))
        execution.changed()
        execution.replies.integer(sum)
    }

    private static func increment(
        _ name: StaticString, by amount: StaticString? = nil, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: amount == nil ? 2 : 3, [.write, .denyOOM, .fast], categories: [.string],
            keys: [.key([.readWrite, .access, .update])],
            docs: CommandDocs(
                summary, complexity: "O(1)", since: "1.0.0", group: .string,
                arguments: [.key()] + (amount.map { [.integer($0)] } ?? [])))
    }
}
