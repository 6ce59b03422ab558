import Bytes
import Keyspace
import RESP

extension BitmapCommands {
    static let bitpos = DataCommand(
        CommandDeclaration(
            "bitpos", arity: -3, [.readOnly], categories: [.bitmap],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Finds the first bit of a string that is set, or the first that is clear.",
                complexity: "O(N)", since: "2.8.7", group: .bitmap,
                arguments: [.key(), .integer("bit"), bitRange],
                history: [("7.0.0", "Added the `BYTE|BIT` option.")]))
    ) { arguments, execution throws(CommandError) in
        let bit = try arguments.integer(2)
        guard bit == 0 || bit == 1 else {
            throw .text("ERR The bit argument must be 1 or 0.")
        }
        let range = arguments.count > 3 ? try BitRange(arguments, at: 3) : nil
        let entry = execution.database.entry(of: execution.key(arguments[1]))
        guard let value = try entry.requireString() else {
            // What is not there is an endless row of clear bits.
            return execution.replies.integer(bit == 1 ? -1 : 0)
        }
        let bytes = execution.bytes(of: value)
        let all = bytes.isEmpty ? nil : 0...bytes.count * 8 - 1
        guard let bits = range.map({ $0.bits(of: bytes.count) }) ?? all else {
            return execution.replies.integer(-1)
        }
        if let found = bytes.firstBit(bit == 1, in: bits) {
            execution.replies.integer(found)
        } else if bit == 0, range?.end == nil {
            // Without an end, clear bits follow behind the string.
            execution.replies.integer(bytes.count * 8)
        } else {
            execution.replies.integer(-1)
        }
    }
}
