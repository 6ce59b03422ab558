import Bytes
import Keyspace
import RESP

extension KeyCommands {
    static let sort = DataCommand(
        CommandDeclaration(
            "sort", arity: -2, [.write, .denyOOM, .movableKeys],
            categories: [.set, .sortedSet, .list, .dangerous],
            keys: [
                .key([.readOnly, .access]), patternKeys,
                KeySpecification(
                    [.overwrite, .update], begin: .unknown, find: .unknown,
                    notes: """
                        For the optional STORE keyword. It is marked 'unknown' because the keyword \
                        can appear anywhere in the argument array
                        """),
            ],
            docs: CommandDocs(
                "Returns or stores the elements of a list, set or sorted set in order.",
                complexity: sortComplexity, since: "1.0.0", group: .generic,
                arguments: sortArguments + [
                    ArgumentDocs(
                        "destination", .key, token: "STORE", .optional, keySpecification: 2)
                ]))
    ) { arguments, execution throws(CommandError) in
        let options = try SortOptions(arguments, storing: true)
        try sort(arguments[1], options, &execution)
    }

    static let sortReadOnly = DataCommand(
        CommandDeclaration(
            "sort_ro", arity: -2, [.readOnly, .movableKeys],
            categories: [.set, .sortedSet, .list, .dangerous],
            keys: [.key([.readOnly, .access]), patternKeys],
            docs: CommandDocs(
                "Returns the elements of a list, set or sorted set in order.",
                complexity: sortComplexity, since: "7.0.0", group: .generic,
                arguments: sortArguments))
    ) { arguments, execution throws(CommandError) in
        let options = try SortOptions(arguments, storing: false)
        try sort(arguments[1], options, &execution)
    }

    private static let patternKeys = KeySpecification(
        [.readOnly, .access], begin: .unknown, find: .unknown,
        notes: """
            For the optional BY/GET keyword. It is marked 'unknown' because the key names derive \
            from the content of the key we sort
            """)

    private static let sortComplexity: StaticString = """
        O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the \
        number of returned elements. When the elements are not sorted, complexity is O(N).
        """

    private static let sortArguments: [ArgumentDocs] = [
        .key(),
        ArgumentDocs(
            "by-pattern", .pattern, token: "BY", .optional, keySpecification: 1,
            display: "pattern"),
        ArgumentDocs(
            "limit", .block, token: "LIMIT", .optional,
            parts: [.integer("offset"), .integer("count")]),
        ArgumentDocs(
            "get-pattern", .pattern, token: "GET", [.optional, .multiple, .multipleToken],
            keySpecification: 1, display: "pattern"),
        .oneOf("order", .optional, [.word("asc", "ASC"), .word("desc", "DESC")]),
        .word("sorting", "ALPHA", .optional),
    ]

    private static func sort(
        _ argument: ByteSlice, _ given: SortOptions, _ execution: inout Execution
    ) throws(CommandError) {
        var options = given
        let database = execution.database
        let entry = entry(of: execution.key(argument), in: database)
        if options.staysUnsorted, options.target != nil, entry?.type == .set { options.sortTexts() }
        let source = try SortSource(entry)
        let range = options.range(of: source.count)
        let elements = source.elements(for: options, range)
        let order = try SortOrder(elements, options, in: database)
        // Elements in an order of their own are loaded as far as they are wanted.
        let places = elements.count < source.count ? 0..<elements.count : range
        let result = SortResult(elements: elements, order: order, places: places)
        if let target = options.target {
            store(result, options, at: Key(target), &execution)
        } else {
            reply(with: result, options, &execution)
        }
    }

    /// The entry to be sorted. A small sorted set becomes a large one, as in Redis: OBJECT ENCODING and
    /// DUMP tell.
    private static func entry(of key: Key, in database: Database) -> Entry? {
        guard let entry = database.entry(of: key) else { return nil }
        guard entry.type == .sortedSet, SortedSet(entry).isPacked,
            let changing = database.valueForChange(of: key)
        else { return entry }
        var set = SortedSet(changing)
        set.unpack()
        return changing
    }

    private static func reply(
        with result: borrowing SortResult, _ options: SortOptions, _ execution: inout Execution
    ) {
        let (replies, database) = (execution.replies, execution.database)
        replies.array(result.places.count * max(1, options.gets.count))
        var name = ByteBuffer()
        for place in result.places {
            let element = result.elements[result.order[place]]
            if options.gets.isEmpty { replies.string(element) }
            for pattern in options.gets {
                replies.string(pattern.value(for: element, in: database, using: &name))
            }
        }
    }

    private static func store(
        _ result: borrowing SortResult, _ options: SortOptions, at key: Key,
        _ execution: inout Execution
    ) {
        let database = execution.database
        var list = ListBuilder(database.shared.value.encodings)
        var name = ByteBuffer()
        for place in result.places {
            let element = result.elements[result.order[place]]
            if options.gets.isEmpty { list.append(element.canonical) }
            for pattern in options.gets {
                let value = pattern.value(for: element, in: database, using: &name)
                list.append(value?.canonical ?? .bytes(.empty))
            }
        }
        let count = list.count
        if let made = list.finish() {
            database.store(made, at: key, .list("sortstore"))
            execution.changed(count)
        } else if database.delete(key) {
            execution.changed()
        }
        execution.replies.integer(count)
    }
}

extension StringValue {
    /// The form in which values are stored: elements that are sorted as texts, and strings that were
    /// appended to, may be the text of an integer.
    fileprivate var canonical: StringValue {
        if case .bytes(let bytes) = self { StringValue(bytes) } else { self }
    }
}

/// Elements in an order, and the places of it that are wanted.
private struct SortResult: ~Copyable {
    let elements: SortElements
    let order: SortOrder
    let places: Range<Int>
}
