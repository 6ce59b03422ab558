import Bytes
import Keyspace
import RESP

extension ListCommands {
    static let lmove = DataCommand(
        CommandDeclaration(
            "lmove", arity: 5, [.write, .denyOOM], categories: [.list], keys: moveKeys,
            docs: CommandDocs(
                "Moves an element from an end of a list to an end of another, and returns it.",
                complexity: "O(1)", since: "6.2.0", group: .list, arguments: moveArguments))
    ) { arguments, execution throws(CommandError) in
        let source = try ListEnd(arguments[3])
        let target = try ListEnd(arguments[4])
        if !(try execution.moveElement(arguments, from: source, to: target)) {
            execution.replies.null()
        }
    }

    static let rpoplpush = DataCommand(
        CommandDeclaration(
            "rpoplpush", arity: 3, [.write, .denyOOM], categories: [.list], keys: moveKeys,
            docs: CommandDocs(
                "Moves the last element of a list before the first of another, and returns it.",
                complexity: "O(1)", since: "1.2.0", group: .list,
                arguments: [.key("source"), .key("destination", specification: 1)],
                deprecation: ("6.2.0", "`LMOVE` with the `RIGHT` and `LEFT` arguments")))
    ) { arguments, execution throws(CommandError) in
        if !(try execution.moveElement(arguments, from: .right, to: .left)) {
            execution.replies.null()
        }
    }

    static let blmove = DataCommand(
        CommandDeclaration(
            "blmove", arity: 6, [.write, .denyOOM, .blocking], categories: [.list],
            keys: moveKeys,
            docs: CommandDocs(
                "Moves an element from a list to another as `LMOVE`, and waits until there is one.",
                complexity: "O(1)", since: "6.2.0", group: .list,
                arguments: moveArguments + [ArgumentDocs("timeout", .double)]))
    ) { arguments, execution throws(CommandError) in
        let source = try ListEnd(arguments[3])
        let target = try ListEnd(arguments[4])
        let timeout = try arguments.timeout(5, .seconds, at: execution.now)
        guard try execution.moveElement(arguments, from: source, to: target) else {
            return execution.waitForElement(of: 1..<2, timeout)
        }
        execution.keep("LMOVE", arguments[1], arguments[2], arguments[3], arguments[4])
    }

    static let brpoplpush = DataCommand(
        CommandDeclaration(
            "brpoplpush", arity: 4, [.write, .denyOOM, .blocking], categories: [.list],
            keys: moveKeys,
            docs: CommandDocs(
                """
                Moves the last element of a list before the first of another, and waits until \
                there is one.
                """,
                complexity: "O(1)", since: "2.2.0", group: .list,
                arguments: [
                    .key("source"), .key("destination", specification: 1),
                    ArgumentDocs("timeout", .double),
                ],
                history: [
                    ("6.0.0", "`timeout` is interpreted as a double instead of an integer.")
                ],
                deprecation: ("6.2.0", "`BLMOVE` with the `RIGHT` and `LEFT` arguments")))
    ) { arguments, execution throws(CommandError) in
        let timeout = try arguments.timeout(3, .seconds, at: execution.now)
        guard try execution.moveElement(arguments, from: .right, to: .left) else {
            return execution.waitForElement(of: 1..<2, timeout)
        }
        execution.keep("RPOPLPUSH", arguments[1], arguments[2])
    }

    private static let moveKeys: [KeySpecification] = [
        .key([.readWrite, .access, .delete]), .key([.readWrite, .insert], at: 2),
    ]

    private static let moveArguments: [ArgumentDocs] = [
        .key("source"), .key("destination", specification: 1),
        .oneOf("wherefrom", [.word("left", "LEFT"), .word("right", "RIGHT")]),
        .oneOf("whereto", [.word("left", "LEFT"), .word("right", "RIGHT")]),
    ]
}

extension Execution {
    /// Moves an element between the lists of the first two arguments and answers with it.
    ///
    /// - Returns: false, and nothing answered, when there is no list to take it from.
    fileprivate mutating func moveElement(
        _ arguments: Slices, from source: ListEnd, to target: ListEnd
    ) throws(CommandError) -> Bool {
        let key = key(arguments[1])
        guard let list = try listForChange(key) else { return false }
        if arguments[1] == arguments[2] {
            rotate(list, from: source, to: target, of: key)
        } else {
            let newKey = Key(arguments[2])
            let found = try listForChange(newKey)
            list.view.withEnd(source) { value in
                let targetList = found ?? makeList(newKey, for: value.count)
                targetList.pushMoved(value, at: target)
                replies.string(value)
            }
            database.valueChanged(newKey, .list(target.pushEvent))
            list.removeEnd(source)
            finishRemoval(from: list, of: key, source.popEvent)
        }
        changed()
        return true
    }

    /// Moves an element within a list and answers with it.
    private func rotate(
        _ list: ListValue, from source: ListEnd, to target: ListEnd, of key: Key
    ) {
        // The element is lent by the list; it would go with the first change.
        var text = ByteBuffer()
        list.view.withEnd(source) { value in
            value.append(to: &text)
            replies.string(value)
        }
        list.removeEnd(source)
        list.pushMoved(StringValue(text.bytes), at: target)
        list.hasShrunk()
        database.valueChanged(key, .list(target.pushEvent))
        database.notify(.list(source.popEvent), key)
    }

    /// Lets the client wait for a list at its keys, or answers that there is none.
    fileprivate mutating func waitForElement(of keys: Range<Int>, _ timeout: Int64) {
        guard mayBlock else { return replies.null() }
        block(on: keys, holding: .list, for: timeout)
    }
}

extension ListValue {
    /// Adds an element that was taken from a list. Redis knows by then whether it is an integer,
    /// and does not count the size of one.
    fileprivate func pushMoved(_ value: StringValue, at end: ListEnd) {
        if case .bytes(let bytes) = value {
            prepareToGrow(by: bytes.count, count: 1)
        } else {
            prepareToGrow(by: 0, count: 1)
        }
        push(value, at: end)
    }
}
