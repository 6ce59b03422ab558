import Bytes
import Keyspace
import RESP

extension BitmapCommands {
    static let setbit = DataCommand(
        CommandDeclaration(
            "setbit", arity: 4, [.write, .denyOOM], categories: [.bitmap],
            keys: [.key([.readWrite, .access, .update])],
            docs: CommandDocs(
                "Sets or clears one bit of a string, which grows as far as needed.",
                complexity: "O(1)", since: "2.2.0", group: .bitmap,
                arguments: [.key(), .integer("offset"), .integer("value")]))
    ) { arguments, execution throws(CommandError) in
        let offset = try execution.bitOffset(arguments[2])
        guard let wanted = arguments[3].integer, wanted == 0 || wanted == 1 else {
            throw .text("ERR bit is not an integer or out of range")
        }
        let key = execution.key(arguments[1])
        let entry = execution.database.entryForChange(of: key)
        let old = try entry.requireString()

        let oldCount = old?.count ?? 0
        let count = max(oldCount, offset >> 3 + 1)
        let oldBit = old.map { execution.bytes(of: $0).bit(at: offset) } ?? false
        let changes = old == nil || count > oldCount || oldBit != (wanted == 1)
        if changes || entry?.encoding != .raw {
            if old == nil { execution.database.set(key, rawCount: 0, nil) { _ in } }
            let bits = execution.database.rawString(of: key, count: count)
            bits.setBit(at: offset, to: wanted == 1)
        }
        if changes {
            execution.database.changedInPlace(key, .string("setbit"))
            execution.changed()
        }
        execution.replies.integer(oldBit)
    }
}
