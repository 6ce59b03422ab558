import Bytes
import Keyspace
import RESP

extension StringCommands {
    static let get = DataCommand(
        CommandDeclaration(
            "get", arity: 2, [.readOnly, .fast], categories: [.string],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the string that a key holds.", complexity: "O(1)", since: "1.0.0",
                group: .string, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        let entry = execution.database.entry(of: execution.key(arguments[1]))
        execution.replies.string(try entry.requireString())
    }
}

extension ReplyWriter {
    /// A string value, or null where there is none.
    func string(_ value: StringValue?) {
        switch value {
        case .bytes(let bytes)?: bulk(bytes)
        case .integer(let integer)?: bulk(decimal: integer)
        case nil: null()
        }
    }
}
