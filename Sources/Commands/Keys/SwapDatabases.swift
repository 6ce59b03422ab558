import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let swapdb = DataCommand(
        CommandDeclaration(
            "swapdb", arity: 3, [.write, .fast], categories: [.keyspace, .dangerous],
            docs: CommandDocs(
                "Exchanges the keys of two databases.",
                complexity: """
                    O(N) where N is the count of clients watching or blocking on keys from both \
                    databases.
                    """,
                since: "4.0.0", group: .server, arguments: [.integer("index1"), .integer("index2")])
        )
    ) { arguments, execution throws(CommandError) in
        guard let first = arguments[1].integer.flatMap(Int32.init(exactly:)) else {
            throw .text("ERR invalid first DB index")
        }
        guard let second = arguments[2].integer.flatMap(Int32.init(exactly:)) else {
            throw .text("ERR invalid second DB index")
        }
        let valid = 0..<Int32(execution.keyspace.databaseCount)
        guard valid.contains(first), valid.contains(second) else {
            throw .databaseIndexOutOfRange
        }
        let selected = execution.database.index
        if first != second { execution.keyspace.swap(Int(first), Int(second)) }
        // A client keeps the number that it selected, and sees the other keys under it.
        execution.database = execution.keyspace[selected]
        execution.changed()
        execution.replies.ok()
    }
}
