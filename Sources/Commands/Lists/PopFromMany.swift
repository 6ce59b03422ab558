import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let lmpop = DataCommand(
        CommandDeclaration(
            "lmpop", arity: -4, [.write, .movableKeys], categories: [.list],
            keys: [.counted([.readWrite, .access, .delete], at: 1)],
            docs: CommandDocs(
                "Removes elements from the first of several lists that is there, and returns them.",
                complexity: popManyComplexity, since: "7.0.0", group: .list,
                arguments: popManyArguments))
    ) { arguments, execution throws(CommandError) in
        let options = try PopFromManyOptions(arguments, from: 1)
        if !(try execution.popFromFirst(arguments, options)) { execution.replies.nullArray() }
    }

    static let blmpop = DataCommand(
        CommandDeclaration(
            "blmpop", arity: -5, [.write, .blocking, .movableKeys], categories: [.list],
            keys: [.counted([.readWrite, .access, .delete], at: 2)],
            docs: CommandDocs(
                "Removes elements as `LMPOP`, and waits until there is one.",
                complexity: popManyComplexity, since: "7.0.0", group: .list,
                arguments: [ArgumentDocs("timeout", .double)] + popManyArguments))
    ) { arguments, execution throws(CommandError) in
        let options = try PopFromManyOptions(arguments, from: 2)
        let timeout = try arguments.timeout(1, .seconds, at: execution.now)
        if try execution.popFromFirst(arguments, options) { return }
        guard execution.mayBlock else { return execution.replies.nullArray() }
        execution.block(on: options.keys, holding: .list, for: timeout)
    }

    private static let popManyComplexity: StaticString = """
        O(N+M) where N is the number of provided keys and M is the number of elements returned.
        """

    private static let popManyArguments: [ArgumentDocs] = [
        .integer("numkeys"), .key("key", .multiple),
        .oneOf("where", [.word("left", "LEFT"), .word("right", "RIGHT")]),
        .integer("count", token: "COUNT", .optional),
    ]
}

/// The words of `LMPOP` from the number of keys on.
struct PopFromManyOptions: Equatable {
    /// Which arguments are the keys.
    let keys: Range<Int>
    let end: ListEnd
    private(set) var count = 1

    init(_ arguments: Slices, from start: Int) throws(CommandError) {
        let keyCount = try arguments.count(start, orElse: .noKeys)
        guard keyCount > 0 else { throw .noKeys }
        let rest = arguments.count - start - 1
        guard keyCount < rest else { throw .syntax }
        keys = start + 1..<start + 1 + keyCount
        end = try ListEnd(arguments[keys.upperBound])
        var index = keys.upperBound + 1
        var hasCount = false
        while index < arguments.count {
            guard !hasCount, arguments[index].isWord("count"), index + 1 < arguments.count else {
                throw .syntax
            }
            hasCount = true
            count = try arguments.count(index + 1, orElse: .noCount)
            guard count > 0 else { throw .noCount }
            index += 2
        }
    }
}

extension CommandError {
    fileprivate static let noKeys = CommandError.text("ERR numkeys should be greater than 0")
    fileprivate static let noCount = CommandError.text("ERR count should be greater than 0")
}

extension Execution {
    /// Pops from the first key that is there; false, and nothing answered, when there is none.
    fileprivate mutating func popFromFirst(
        _ arguments: Slices, _ options: PopFromManyOptions
    ) throws(CommandError) -> Bool {
        for index in options.keys {
            let key = key(arguments[index])
            guard let list = try listForChange(key) else { continue }
            replies.array(2)
            replies.bulk(arguments[index])
            let removed = popMany(list, options.count, at: options.end, of: key)
            changed(removed)
            keep(options.end.popName, arguments[index], decimal(Int64(removed)))
            return true
        }
        return false
    }
}
