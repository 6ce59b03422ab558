import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let lpop = pop("lpop", "Removes the first elements of a list and returns them.") {
        arguments, execution throws(CommandError) in
        try popped(arguments, &execution, at: .left)
    }

    static let rpop = pop("rpop", "Removes the last elements of a list and returns them.") {
        arguments, execution throws(CommandError) in
        try popped(arguments, &execution, at: .right)
    }

    private static func pop(
        _ name: StaticString, _ summary: StaticString, run: @escaping DataCommand.Run
    ) -> DataCommand {
        DataCommand(
            CommandDeclaration(
                name, arity: -2, [.write, .fast], categories: [.list],
                keys: [.key([.readWrite, .access, .delete])],
                docs: CommandDocs(
                    summary, complexity: "O(N) where N is the number of elements returned",
                    since: "1.0.0", group: .list,
                    arguments: [.key(), .integer("count", .optional, since: "6.2.0")],
                    history: [("6.2.0", "Added the `count` argument.")])),
            run: run)
    }

    private static func popped(
        _ arguments: Slices, _ execution: inout Execution, at end: ListEnd
    ) throws(CommandError) {
        guard arguments.count <= 3 else {
            throw .wrongArity(end == .left ? "lpop" : "rpop")
        }
        let count =
            arguments.count == 3 ? try arguments.count(2, orElse: .outOfPositiveRange) : nil
        let key = execution.key(arguments[1])
        guard let list = try execution.listForChange(key) else {
            return count == nil ? execution.replies.null() : execution.replies.nullArray()
        }
        if count == 0 { return execution.replies.array(0) }

        let removed: Int
        if let count {
            removed = execution.popMany(list, count, at: end, of: key)
        } else {
            execution.popOne(list, at: end, of: key)
            removed = 1
        }
        execution.changed(removed)
    }
}

extension CommandError {
    static let outOfPositiveRange = CommandError.text(
        "ERR value is out of range, must be positive")
}
