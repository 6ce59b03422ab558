import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let lrange = DataCommand(
        CommandDeclaration(
            "lrange", arity: 4, [.readOnly], categories: [.list],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the elements of a list from one index to another.",
                complexity: """
                    O(S+N) where S is the distance of start offset from HEAD for small lists, from \
                    nearest end (HEAD or TAIL) for large lists; and N is the number of elements in \
                    the specified range.
                    """,
                since: "1.0.0", group: .list,
                arguments: [.key(), .integer("start"), .integer("stop")]))
    ) { arguments, execution throws(CommandError) in
        let start = try arguments.integer(2)
        let stop = try arguments.integer(3)
        guard let list = try execution.list(execution.key(arguments[1])) else {
            return execution.replies.array(0)
        }
        let range = ListRange(start, stop, count: list.count).range
        let replies = execution.replies
        replies.array(range.count)
        var left = range.count
        guard left > 0 else { return }
        list.visit(from: range.lowerBound) {
            replies.string($0)
            left &-= 1
            return left > 0
        }
    }

    static let ltrim = DataCommand(
        CommandDeclaration(
            "ltrim", arity: 4, [.write], categories: [.list],
            keys: [.key([.readWrite, .delete])],
            docs: CommandDocs(
                "Removes the elements of a list that are not between two indexes.",
                complexity: """
                    O(N) where N is the number of elements to be removed by the operation.
                    """,
                since: "1.0.0", group: .list,
                arguments: [.key(), .integer("start"), .integer("stop")]))
    ) { arguments, execution throws(CommandError) in
        let start = try arguments.integer(2)
        let stop = try arguments.integer(3)
        let key = execution.key(arguments[1])
        guard let list = try execution.listForChange(key) else { return execution.replies.ok() }

        let before = list.count
        let kept = ListRange(start, stop, count: before).range
        list.remove(from: kept.upperBound, count: before - kept.upperBound)
        list.remove(from: 0, count: kept.lowerBound)
        // Who watches the key is told even when nothing went.
        execution.finishRemoval(from: list, of: key, "ltrim")
        execution.changed(before - kept.count)
        execution.replies.ok()
    }
}
