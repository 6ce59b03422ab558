import Bytes
import Keyspace
import RESP

extension BitmapCommands {
    static let getbit = DataCommand(
        CommandDeclaration(
            "getbit", arity: 3, [.readOnly, .fast], categories: [.bitmap],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns one bit of a string.", complexity: "O(1)", since: "2.2.0",
                group: .bitmap, arguments: [.key(), .integer("offset")]))
    ) { arguments, execution throws(CommandError) in
        let offset = try execution.bitOffset(arguments[2])
        let entry = execution.database.entry(of: execution.key(arguments[1]))
        let value = try entry.requireString()
        let bit = value.map { execution.bytes(of: $0).bit(at: offset) } ?? false
        execution.replies.integer(bit)
    }
}
