import Bytes
import Keyspace
import RESP

extension GeoCommands {
    static let geosearch = DataCommand(
        CommandDeclaration(
            "geosearch", arity: -7, [.readOnly], categories: [.geo],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members within a circle or a box.",
                complexity: searchComplexity,
                since: "6.2.0", group: .geo,
                arguments: [
                    .key(),
                    .searchFrom,
                    .searchBy,
                    .order,
                    .count(),
                    .withPlace, .withDistance, .withHash,
                ],
                history: [
                    ("7.0.0", "Added support for uppercase unit names.")
                ]))
    ) { arguments, execution throws(CommandError) in
        try search(.search, arguments, &execution, from: 1, maySave: false)
    }

    static let geosearchstore = DataCommand(
        CommandDeclaration(
            "geosearchstore", arity: -8, [.write, .denyOOM], categories: [.geo],
            keys: [.key([.overwrite, .update]), .key([.readOnly, .access], at: 2)],
            docs: CommandDocs(
                "Stores the members within a circle or a box in another key.",
                complexity: searchComplexity,
                since: "6.2.0", group: .geo,
                arguments: [
                    .key("destination"),
                    .key("source", specification: 1),
                    .searchFrom,
                    .searchBy,
                    .order,
                    .count(),
                    .word("storedist", "STOREDIST", .optional),
                ],
                history: [
                    ("7.0.0", "Added support for uppercase unit names.")
                ]))
    ) { arguments, execution throws(CommandError) in
        try search(.searchStore, arguments, &execution, from: 2, maySave: true)
    }

    /// - Parameter source: the argument that is the key.
    static func search(
        _ kind: GeoSearchRequest.Kind, _ arguments: Slices, _ execution: inout Execution,
        from source: Int, maySave: Bool
    ) throws(CommandError) {
        let set = try execution.sortedSet(execution.key(arguments[source]))
        let request = try GeoSearchRequest(kind, arguments, in: set, maySave: maySave)
        var found = set.map { request.found(in: $0) } ?? []
        request.order(&found)
        if let target = request.target {
            store(kind, found, request, at: Key(arguments[target]), &execution)
        } else {
            reply(found, request, execution.replies)
        }
    }

    private static func reply(
        _ found: [FoundPlace], _ request: GeoSearchRequest, _ replies: ReplyWriter
    ) {
        replies.array(found.count)
        let extraCount = request.extraCount
        for element in found {
            if extraCount > 0 { replies.array(1 + extraCount) }
            replies.string(element.member)
            if request.withDistance { replies.distance(element.distance / request.shape.unit) }
            if request.withHash { replies.integer(Int64(element.score)) }
            if request.withPlace { replies.place(element.place) }
        }
    }

    private static func store(
        _ kind: GeoSearchRequest.Kind, _ found: [FoundPlace], _ request: GeoSearchRequest,
        at target: Key,
        _ execution: inout Execution
    ) {
        let limits = execution.encodings
        var made = SortedSet.make(count: found.count, limits)
        var text = ByteBuffer(capacity: 32)
        for element in found {
            // Where the cells of a wide search meet behind the earth, a member may come twice.
            _ = made.insertIfAbsent(
                element.member.text(using: &text),
                score: request.storesDistance
                    ? element.distance / request.shape.unit : element.score,
                limits)
        }
        execution.storeSortedSet(
            made, at: target,
            kind == .searchStore ? "geosearchstore" : "georadiusstore")
    }
}
