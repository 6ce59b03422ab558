import Bytes
import Keyspace
import RESP

// The older forms of a search, in which the shape is always a circle.
extension GeoCommands {
    static let georadius = DataCommand(
        CommandDeclaration(
            "georadius", arity: -6, [.write, .denyOOM, .movableKeys], categories: [.geo],
            keys: [
                .key([.readOnly, .access]),
                .named("STORE", from: 6), .named("STOREDIST", from: 6),
            ],
            docs: CommandDocs(
                "Answers the members within a distance from a place, or stores them.",
                complexity: radiusComplexity,
                since: "3.2.0", group: .geo,
                arguments: [
                    .key(),
                    .longitude, .latitude, .radius,
                    .unit(),
                    .withPlace, .withDistance, .withHash,
                    .count(anySince: "6.2.0"),
                    .order,
                    .store, .storeDistance,
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
                complexity: radiusComplexity,
                since: "3.2.10", group: .geo,
                arguments: [
                    .key(),
                    .longitude, .latitude, .radius,
                    .unit(),
                    .withPlace, .withDistance, .withHash,
                    .count(anySince: "6.2.0"),
                    .order,
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
                .named("STORE", from: 5), .named("STOREDIST", from: 5),
            ],
            docs: CommandDocs(
                "Answers the members within a distance from another one, or stores them.",
                complexity: radiusComplexity,
                since: "3.2.0", group: .geo,
                arguments: [
                    .key(),
                    .string("member"),
                    .radius,
                    .unit(),
                    .withPlace, .withDistance, .withHash,
                    .count(),
                    .order,
                    .store, .storeDistance,
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
                complexity: radiusComplexity,
                since: "3.2.10", group: .geo,
                arguments: [
                    .key(),
                    .string("member"),
                    .radius,
                    .unit(),
                    .withPlace, .withDistance, .withHash,
                    .count(),
                    .order,
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
}
