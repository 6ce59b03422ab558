import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let linsert = DataCommand(
        CommandDeclaration(
            "linsert", arity: 5, [.write, .denyOOM], categories: [.list],
            keys: [.key([.readWrite, .insert])],
            docs: CommandDocs(
                "Inserts an element before or after the first that is equal to another.",
                complexity: """
                    O(N) where N is the number of elements to traverse before seeing the value \
                    pivot. This means that inserting somewhere on the left end on the list (head) \
                    can be considered O(1) and inserting somewhere on the right end (tail) is O(N).
                    """,
                since: "2.2.0", group: .list,
                arguments: [
                    .key(),
                    .oneOf("where", [.word("before", "BEFORE"), .word("after", "AFTER")]),
                    .string("pivot"), .string("element"),
                ]))
    ) { arguments, execution throws(CommandError) in
        let after = arguments[2].isWord("after")
        guard after || arguments[2].isWord("before") else { throw .syntax }
        let key = execution.key(arguments[1])
        guard let list = try execution.listForChange(key) else {
            return execution.replies.integer(0)
        }
        let element = arguments[4]
        // Before the pivot is known to be there, as in Redis; nobody sees more than the encoding.
        list.prepareToGrow(by: element.count, count: 1)
        guard let index = list.view.firstIndex(of: StringValue(arguments[3])) else {
            return execution.replies.integer(-1)
        }

        list.insert(StringValue(element), at: index, after: after)
        execution.database.valueChanged(key, .list("linsert"))
        execution.changed()
        execution.replies.integer(list.count)
    }
}

extension ListView {
    /// The index of the first element that is equal to one in canonical form.
    func firstIndex(of wanted: StringValue) -> Int? {
        var index = 0
        var found: Int?
        visit(from: 0) {
            if $0 == wanted { found = index }
            index += 1
            return found == nil
        }
        return found
    }
}
