import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hincrby = DataCommand(
        increment(
            "hincrby", ArgumentDocs("increment", .integer), since: "2.0.0",
            "Adds a number to the integer in a field of a hash; a missing field counts as zero.")
    ) { arguments, execution throws(CommandError) in
        let amount = try arguments.integer(3)
        var changing = try execution.hashForChange(at: arguments[1])
        var old: Int64 = 0
        if let field = execution.field(arguments[2], in: &changing) {
            guard case .integer(let integer) = field.value else {
                throw .text("ERR hash value is not an integer")
            }
            old = integer
        }
        let (sum, overflowed) = old.addingReportingOverflow(amount)
        guard !overflowed else { throw .overflow }
        set(arguments, .integer(sum), in: &changing, "hincrby", &execution)
        execution.replies.integer(sum)
    }

    static let hincrbyfloat = DataCommand(
        increment(
            "hincrbyfloat", ArgumentDocs("increment", .double), since: "2.6.0",
            "Adds a number to the decimal number in a field; a missing field counts as zero.")
    ) { arguments, execution throws(CommandError) in
        try checkIncrement(arguments[3])
        var changing = try execution.hashForChange(at: arguments[1])
        let field = execution.field(arguments[2], in: &changing)
        let deadline = field?.deadline
        var scratch = ByteBuffer()
        let old = (field?.value ?? .integer(0)).text(using: &scratch)
        var sum = ByteBuffer()
        do throws(DecimalSumError) {
            try sum.append(sumOf: old, and: arguments[3])
        } catch {
            throw error == .sumIsNotFinite
                ? .notANumberOrInfinite : .text("ERR hash value is not a float")
        }
        set(arguments, StringValue(sum.bytes), in: &changing, "hincrbyfloat", &execution)
        // The log keeps the sum: another machine may round it in another way.
        execution.keep("HSET", arguments[1], arguments[2], sum.bytes)
        if let deadline {
            execution.keepDeadline(deadline, of: arguments[1], field: arguments[2])
        }
        execution.replies.bulk(sum.bytes)
    }

    /// Refuses what is not a number before the hash is looked at.
    private static func checkIncrement(_ text: ByteSlice) throws(CommandError) {
        var sum = ByteBuffer()
        do throws(DecimalSumError) {
            try sum.append(sumOf: ByteSlice("0"), and: text)
        } catch {
            throw error == .sumIsNotFinite ? .text("ERR value is NaN or Infinity") : .notAFloat
        }
    }

    private static func set(
        _ arguments: Slices, _ text: StringValue, in changing: inout ChangingHash?,
        _ event: StaticString, _ execution: inout Execution
    ) {
        var changed = changing ?? execution.newHash(at: arguments[1])
        changed.hash.set(arguments[2], text, deadline: .keep)
        execution.settle(changed, event)
        execution.changed()
    }

    private static func increment(
        _ name: StaticString, _ amount: ArgumentDocs, since: StaticString, _ summary: StaticString
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, arity: 4, [.write, .denyOOM, .fast], categories: [.hash],
            keys: [.key([.readWrite, .access, .update])],
            docs: CommandDocs(
                summary, complexity: "O(1)", since: since, group: .hash,
                arguments: [.key(), .string("field"), amount]))
    }
}
