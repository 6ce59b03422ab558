import Bytes
import Keyspace
import RESP

// The older forms of a search, in which the shape is always a circle.
extension GeoCommands {
    static let georadius = DataCommand(
        radius(
            "georadius", "Answers the members within a distance from a place, or stores them.",
            since: "3.2.0", around: [.longitude, .latitude], stores: true, anySince: "6.2.0",
            history: [
                ("6.2.0", "Added the `ANY` option for `COUNT`."),
                ("7.0.0", "Added support for uppercase unit names."),
            ],
            replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument")
    ) { arguments, execution throws(CommandError) in
        try search(.radius, arguments, &execution, from: 1, maySave: true)
    }

    static let georadiusro = DataCommand(
        radius(
            "georadius_ro", "Answers the members within a distance from a place.",
            since: "3.2.10", around: [.longitude, .latitude], stores: false, anySince: "6.2.0",
            history: [("6.2.0", "Added the `ANY` option for `COUNT`.")],
            replacedBy: "`GEOSEARCH` with the `BYRADIUS` argument")
    ) { arguments, execution throws(CommandError) in
        try search(.radius, arguments, &execution, from: 1, maySave: false)
    }

    static let georadiusbymember = DataCommand(
        radius(
            "georadiusbymember",
            "Answers the members within a distance from another one, or stores them.",
            since: "3.2.0", around: [.string("member")], stores: true,
            history: [("7.0.0", "Added support for uppercase unit names.")],
            replacedBy: """
                `GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments
                """)
    ) { arguments, execution throws(CommandError) in
        try search(.radiusOfMember, arguments, &execution, from: 1, maySave: true)
    }

    static let georadiusbymemberro = DataCommand(
        radius(
            "georadiusbymember_ro", "Answers the members within a distance from another one.",
            since: "3.2.10", around: [.string("member")], stores: false,
            replacedBy: "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments")
    ) { arguments, execution throws(CommandError) in
        try search(.radiusOfMember, arguments, &execution, from: 1, maySave: false)
    }

    /// - Parameters:
    ///   - center: the arguments that say what the circle is around.
    ///   - stores: whether there is a form that writes.
    private static func radius(
        _ name: StaticString, _ summary: StaticString, since: StaticString,
        around center: [ArgumentDocs], stores: Bool, anySince: StaticString? = nil,
        history: [(version: StaticString, change: StaticString)] = [],
        replacedBy successor: StaticString
    ) -> CommandDeclaration {
        // Name, key, center, radius and unit come first.
        let optionsStart = 4 + center.count
        let targets: [KeySpecification] = [
            .named("STORE", from: optionsStart), .named("STOREDIST", from: optionsStart),
        ]
        return CommandDeclaration(
            name, arity: -optionsStart,
            stores ? [.write, .denyOOM, .movableKeys] : [.readOnly], categories: [.geo],
            keys: [.key([.readOnly, .access])] + (stores ? targets : []),
            docs: CommandDocs(
                summary, complexity: radiusComplexity, since: since, group: .geo,
                arguments: [.key()] + center
                    + [
                        .radius, .unit(), .withPlace, .withDistance, .withHash,
                        .count(anySince: anySince), .order,
                    ] + (stores ? [.store, .storeDistance] : []),
                history: history, deprecation: ("6.2.0", successor)))
    }
}
