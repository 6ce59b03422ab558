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
                complexity: """
                    O(N+log(M)) where N is the number of elements in the grid-aligned \
                    bounding box area around the shape provided as the filter and M is the \
                    number of items inside the shape
                    """,
                since: "6.2.0", group: .geo,
                arguments: [
                    .key(),
                    .oneOf(
                        "from",
                        [
                            .string("member", token: "FROMMEMBER"),
                            ArgumentDocs(
                                "longitude_latitude", .block, token: "FROMLONLAT",
                                parts: [
                                    ArgumentDocs("longitude", .double),
                                    ArgumentDocs("latitude", .double),
                                ]),
                        ]),
                    .oneOf(
                        "by",
                        [
                            .block(
                                "circle",
                                [
                                    ArgumentDocs("radius", .double, token: "BYRADIUS"),
                                    .oneOf(
                                        "unit",
                                        [
                                            .word("m", "M"),
                                            .word("km", "KM"),
                                            .word("ft", "FT"),
                                            .word("mi", "MI"),
                                        ]),
                                ]),
                            .block(
                                "box",
                                [
                                    ArgumentDocs("width", .double, token: "BYBOX"),
                                    ArgumentDocs("height", .double),
                                    .oneOf(
                                        "unit",
                                        [
                                            .word("m", "M"),
                                            .word("km", "KM"),
                                            .word("ft", "FT"),
                                            .word("mi", "MI"),
                                        ]),
                                ]),
                        ]),
                    .oneOf(
                        "order", .optional,
                        [
                            .word("asc", "ASC"),
                            .word("desc", "DESC"),
                        ]),
                    .block(
                        "count", .optional,
                        [
                            .integer("count", token: "COUNT"),
                            .word("any", "ANY", .optional),
                        ]),
                    .word("withcoord", "WITHCOORD", .optional),
                    .word("withdist", "WITHDIST", .optional),
                    .word("withhash", "WITHHASH", .optional),
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
                complexity: """
                    O(N+log(M)) where N is the number of elements in the grid-aligned \
                    bounding box area around the shape provided as the filter and M is the \
                    number of items inside the shape
                    """,
                since: "6.2.0", group: .geo,
                arguments: [
                    .key("destination"),
                    .key("source", specification: 1),
                    .oneOf(
                        "from",
                        [
                            .string("member", token: "FROMMEMBER"),
                            ArgumentDocs(
                                "longitude_latitude", .block, token: "FROMLONLAT",
                                parts: [
                                    ArgumentDocs("longitude", .double),
                                    ArgumentDocs("latitude", .double),
                                ]),
                        ]),
                    .oneOf(
                        "by",
                        [
                            .block(
                                "circle",
                                [
                                    ArgumentDocs("radius", .double, token: "BYRADIUS"),
                                    .oneOf(
                                        "unit",
                                        [
                                            .word("m", "M"),
                                            .word("km", "KM"),
                                            .word("ft", "FT"),
                                            .word("mi", "MI"),
                                        ]),
                                ]),
                            .block(
                                "box",
                                [
                                    ArgumentDocs("width", .double, token: "BYBOX"),
                                    ArgumentDocs("height", .double),
                                    .oneOf(
                                        "unit",
                                        [
                                            .word("m", "M"),
                                            .word("km", "KM"),
                                            .word("ft", "FT"),
                                            .word("mi", "MI"),
                                        ]),
                                ]),
                        ]),
                    .oneOf(
                        "order", .optional,
                        [
                            .word("asc", "ASC"),
                            .word("desc", "DESC"),
                        ]),
                    .block(
                        "count", .optional,
                        [
                            .integer("count", token: "COUNT"),
                            .word("any", "ANY", .optional),
                        ]),
                    .word("storedist", "STOREDIST", .optional),
                ],
                history: [
                    ("7.0.0", "Added support for uppercase unit names.")
                ]))
    ) { arguments, execution throws(CommandError) in
        try search(.searchStore, arguments, &execution, from: 2, maySave: true)
    }

    static let georadius = DataCommand(
        CommandDeclaration(
            "georadius", arity: -6, [.write, .denyOOM, .movableKeys], categories: [.geo],
            keys: [
                .key([.readOnly, .access]),
                KeySpecification(
                    [.overwrite, .update], begin: .keyword("STORE", from: 6),
                    find: .range(last: 0, step: 1, limit: 0)),
                KeySpecification(
                    [.overwrite, .update], begin: .keyword("STOREDIST", from: 6),
                    find: .range(last: 0, step: 1, limit: 0)),
            ],
            docs: CommandDocs(
                "Answers the members within a distance from a place, or stores them.",
                complexity: """
                    O(N+log(M)) where N is the number of elements inside the bounding box of \
                    the circular area delimited by center and radius and M is the number of \
                    items inside the index.
                    """,
                since: "3.2.0", group: .geo,
                arguments: [
                    .key(),
                    ArgumentDocs("longitude", .double),
                    ArgumentDocs("latitude", .double),
                    ArgumentDocs("radius", .double),
                    .oneOf(
                        "unit",
                        [
                            .word("m", "M"),
                            .word("km", "KM"),
                            .word("ft", "FT"),
                            .word("mi", "MI"),
                        ]),
                    .word("withcoord", "WITHCOORD", .optional),
                    .word("withdist", "WITHDIST", .optional),
                    .word("withhash", "WITHHASH", .optional),
                    .block(
                        "count", .optional,
                        [
                            .integer("count", token: "COUNT"),
                            .word("any", "ANY", .optional, since: "6.2.0"),
                        ]),
                    .oneOf(
                        "order", .optional,
                        [
                            .word("asc", "ASC"),
                            .word("desc", "DESC"),
                        ]),
                    ArgumentDocs("key", .key, token: "STORE", .optional, keySpecification: 1),
                    ArgumentDocs("key", .key, token: "STOREDIST", .optional, keySpecification: 2),
                ],
                history: [
                    ("6.2.0", "Added the `ANY` option for `COUNT`."),
                    ("7.0.0", "Added support for uppercase unit names."),
                ],
                deprecation: (
                    "6.2.0",
                    """
                    `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument
                    """
                )))
    ) { arguments, execution throws(CommandError) in
        try search(.radius, arguments, &execution, from: 1, maySave: true)
    }

    static let georadiusro = DataCommand(
        CommandDeclaration(
            "georadius_ro", arity: -6, [.readOnly], categories: [.geo],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members within a distance from a place.",
                complexity: """
                    O(N+log(M)) where N is the number of elements inside the bounding box of \
                    the circular area delimited by center and radius and M is the number of \
                    items inside the index.
                    """,
                since: "3.2.10", group: .geo,
                arguments: [
                    .key(),
                    ArgumentDocs("longitude", .double),
                    ArgumentDocs("latitude", .double),
                    ArgumentDocs("radius", .double),
                    .oneOf(
                        "unit",
                        [
                            .word("m", "M"),
                            .word("km", "KM"),
                            .word("ft", "FT"),
                            .word("mi", "MI"),
                        ]),
                    .word("withcoord", "WITHCOORD", .optional),
                    .word("withdist", "WITHDIST", .optional),
                    .word("withhash", "WITHHASH", .optional),
                    .block(
                        "count", .optional,
                        [
                            .integer("count", token: "COUNT"),
                            .word("any", "ANY", .optional, since: "6.2.0"),
                        ]),
                    .oneOf(
                        "order", .optional,
                        [
                            .word("asc", "ASC"),
                            .word("desc", "DESC"),
                        ]),
                ],
                history: [
                    ("6.2.0", "Added the `ANY` option for `COUNT`.")
                ],
                deprecation: (
                    "6.2.0", "`GEOSEARCH` with the `BYRADIUS` argument"
                )))
    ) { arguments, execution throws(CommandError) in
        try search(.radius, arguments, &execution, from: 1, maySave: false)
    }

    static let georadiusbymember = DataCommand(
        CommandDeclaration(
            "georadiusbymember", arity: -5, [.write, .denyOOM, .movableKeys], categories: [.geo],
            keys: [
                .key([.readOnly, .access]),
                KeySpecification(
                    [.overwrite, .update], begin: .keyword("STORE", from: 5),
                    find: .range(last: 0, step: 1, limit: 0)),
                KeySpecification(
                    [.overwrite, .update], begin: .keyword("STOREDIST", from: 5),
                    find: .range(last: 0, step: 1, limit: 0)),
            ],
            docs: CommandDocs(
                "Answers the members within a distance from another one, or stores them.",
                complexity: """
                    O(N+log(M)) where N is the number of elements inside the bounding box of \
                    the circular area delimited by center and radius and M is the number of \
                    items inside the index.
                    """,
                since: "3.2.0", group: .geo,
                arguments: [
                    .key(),
                    .string("member"),
                    ArgumentDocs("radius", .double),
                    .oneOf(
                        "unit",
                        [
                            .word("m", "M"),
                            .word("km", "KM"),
                            .word("ft", "FT"),
                            .word("mi", "MI"),
                        ]),
                    .word("withcoord", "WITHCOORD", .optional),
                    .word("withdist", "WITHDIST", .optional),
                    .word("withhash", "WITHHASH", .optional),
                    .block(
                        "count", .optional,
                        [
                            .integer("count", token: "COUNT"),
                            .word("any", "ANY", .optional),
                        ]),
                    .oneOf(
                        "order", .optional,
                        [
                            .word("asc", "ASC"),
                            .word("desc", "DESC"),
                        ]),
                    ArgumentDocs("key", .key, token: "STORE", .optional, keySpecification: 1),
                    ArgumentDocs("key", .key, token: "STOREDIST", .optional, keySpecification: 2),
                ],
                history: [
                    ("7.0.0", "Added support for uppercase unit names.")
                ],
                deprecation: (
                    "6.2.0",
                    """
                    `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and \
                    `FROMMEMBER` arguments
                    """
                )))
    ) { arguments, execution throws(CommandError) in
        try search(.radiusOfMember, arguments, &execution, from: 1, maySave: true)
    }

    static let georadiusbymemberro = DataCommand(
        CommandDeclaration(
            "georadiusbymember_ro", arity: -5, [.readOnly], categories: [.geo],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the members within a distance from another one.",
                complexity: """
                    O(N+log(M)) where N is the number of elements inside the bounding box of \
                    the circular area delimited by center and radius and M is the number of \
                    items inside the index.
                    """,
                since: "3.2.10", group: .geo,
                arguments: [
                    .key(),
                    .string("member"),
                    ArgumentDocs("radius", .double),
                    .oneOf(
                        "unit",
                        [
                            .word("m", "M"),
                            .word("km", "KM"),
                            .word("ft", "FT"),
                            .word("mi", "MI"),
                        ]),
                    .word("withcoord", "WITHCOORD", .optional),
                    .word("withdist", "WITHDIST", .optional),
                    .word("withhash", "WITHHASH", .optional),
                    .block(
                        "count", .optional,
                        [
                            .integer("count", token: "COUNT"),
                            .word("any", "ANY", .optional),
                        ]),
                    .oneOf(
                        "order", .optional,
                        [
                            .word("asc", "ASC"),
                            .word("desc", "DESC"),
                        ]),
                ],
                deprecation: (
                    "6.2.0",
                    """
                    `GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments
                    """
                )))
    ) { arguments, execution throws(CommandError) in
        try search(.radiusOfMember, arguments, &execution, from: 1, maySave: false)
    }

    private static func search(
        _ kind: GeoSearchRequest.Kind, _ arguments: Slices, _ execution: inout Execution,
        from source: Int, maySave: Bool
    ) throws(CommandError) {
        let set = try execution.sortedSet(execution.key(arguments[source]))
        let request = try GeoSearchRequest(kind, arguments, in: set, maySave: maySave)
        var found = set.map { request.found(in: $0) } ?? []
        request.order(&found)
        if let target = request.target {
            store(found, request, at: Key(arguments[target]), &execution)
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
        _ found: [FoundPlace], _ request: GeoSearchRequest, at target: Key,
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
        execution.storeSortedSet(made, at: target)
    }
}

/// A member that a search has found. The member is lent by the set.
private struct FoundPlace {
    let member: StringValue
    let score: Double
    let place: GeoPlace
    /// Metres.
    let distance: Double
}

extension GeoSearchRequest {
    /// The members in the shape, cell after cell of the grid.
    fileprivate func found(in set: SortedSet) -> [FoundPlace] {
        var found: [FoundPlace] = []
        let limit = any ? count : .max
        shape.cells.forEach { cell in
            guard found.count < limit else { return }
            let (first, end) = cell.scores
            set.forEach(from: first, below: end) { member, score in
                let place = GeoHash(score: score).place
                if let distance = shape.distance(of: place) {
                    found.append(
                        FoundPlace(
                            member: member, score: score, place: place, distance: distance))
                }
                return found.count < limit
            }
        }
        return found
    }

    /// Puts what was found in the order that is wanted, and cuts it.
    fileprivate func order(_ found: inout [FoundPlace]) {
        switch order {
        case .none: break
        case .nearestFirst: found.sort { $0.distance < $1.distance }
        case .farthestFirst: found.sort { $0.distance > $1.distance }
        }
        if count > 0, found.count > count { found.removeLast(found.count - count) }
    }
}
