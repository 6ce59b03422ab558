import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let incrbyfloat = DataCommand(
        CommandDeclaration(
            "incrbyfloat", arity: 3, [.write, .denyOOM, .fast], categories: [.string],
            keys: [.key([.readWrite, .access, .update])],
            docs: CommandDocs(
                "Adds a number to the decimal number that a key holds; a missing key counts as zero.",
                complexity: "O(1)", since: "2.6.0", group: .string,
                arguments: [.key(), ArgumentDocs("increment", .double)]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        let old = try execution.database.entryForChange(of: key).requireString() ?? .integer(0)
        var oldText = ByteBuffer()
        old.append(to: &oldText)
        var sum = ByteBuffer()
        do throws(DecimalSumError) {
            try sum.append(sumOf: oldText.bytes, and: arguments[2])
        } catch {
            throw error == .sumIsNotFinite ? .notANumberOrInfinite : .notAFloat
        }

        execution.database.set(
            key, to: .bytes(sum.bytes), deadline: .keep, .string("incrbyfloat"))
        execution.changed()
        // The log keeps the sum: another machine may round it in another way.
        execution.keep("SET", arguments[1], sum.bytes, ByteSlice("KEEPTTL"))
        execution.replies.bulk(sum.bytes)
    }
}
