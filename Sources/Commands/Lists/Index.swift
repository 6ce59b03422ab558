import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let lindex = DataCommand(
        CommandDeclaration(
            "lindex", arity: 3, [.readOnly], categories: [.list],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the element of a list at an index.",
                complexity: """
                    O(N) where N is the number of elements to traverse to get to the element at \
                    index. This makes asking for the first or the last element of the list O(1).
                    """,
                since: "1.0.0", group: .list, arguments: [.key(), .integer("index")]))
    ) { arguments, execution throws(CommandError) in
        // The key is looked at first, as in Redis: without it any index is fine.
        guard let list = try execution.list(execution.key(arguments[1])) else {
            return execution.replies.null()
        }
        guard let index = list.index(try arguments.integer(2)) else {
            return execution.replies.null()
        }
        let replies = execution.replies
        list.visit(from: index) {
            replies.string($0)
            return false
        }
    }

    static let lset = DataCommand(
        CommandDeclaration(
            "lset", arity: 4, [.write, .denyOOM], categories: [.list],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Puts another element in the place of the one at an index.",
                complexity: """
                    O(N) where N is the length of the list. Setting either the first or the last \
                    element of the list is O(1).
                    """,
                since: "1.0.0", group: .list,
                arguments: [.key(), .integer("index"), .string("element")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        guard let list = try execution.listForChange(key) else { throw .noSuchKey }
        let wanted = try arguments.integer(2)
        let element = arguments[3]
        // Before the index is known to be there, as in Redis; nobody sees more than the encoding.
        list.prepareToGrow(by: element.count, count: 1)
        guard let index = list.view.index(wanted) else { throw .text("ERR index out of range") }

        list.replace(at: index, with: StringValue(element))
        list.hasShrunk()
        execution.database.valueChanged(key, .list("lset"))
        execution.changed()
        execution.replies.ok()
    }
}

extension ListView {
    /// The index that a client means, negative from the end; nothing when it is not in the list.
    func index(_ wanted: Int64) -> Int? {
        let count = Int64(count)
        let index = wanted < 0 ? wanted + count : wanted
        return index >= 0 && index < count ? Int(index) : nil
    }
}
