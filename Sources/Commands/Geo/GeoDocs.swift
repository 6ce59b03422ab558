// The arguments that the commands of this family have in common.
extension ArgumentDocs {
    static let longitude = ArgumentDocs("longitude", .double)
    static let latitude = ArgumentDocs("latitude", .double)
    static let radius = ArgumentDocs("radius", .double)

    static func unit(_ options: Options = []) -> ArgumentDocs {
        .oneOf(
            "unit", options,
            [.word("m", "M"), .word("km", "KM"), .word("ft", "FT"), .word("mi", "MI")])
    }

    static let searchFrom = ArgumentDocs.oneOf(
        "from",
        [
            .string("member", token: "FROMMEMBER"),
            ArgumentDocs(
                "longitude_latitude", .block, token: "FROMLONLAT", parts: [.longitude, .latitude]),
        ])

    static let searchBy = ArgumentDocs.oneOf(
        "by",
        [
            .block("circle", [ArgumentDocs("radius", .double, token: "BYRADIUS"), .unit()]),
            .block(
                "box",
                [
                    ArgumentDocs("width", .double, token: "BYBOX"),
                    ArgumentDocs("height", .double),
                    .unit(),
                ]),
        ])

    static let order = ArgumentDocs.oneOf(
        "order", .optional, [.word("asc", "ASC"), .word("desc", "DESC")])

    static func count(anySince: StaticString? = nil) -> ArgumentDocs {
        .block(
            "count", .optional,
            [
                .integer("count", token: "COUNT"),
                .word("any", "ANY", .optional, since: anySince),
            ])
    }

    static let withPlace = word("withcoord", "WITHCOORD", .optional)
    static let withDistance = word("withdist", "WITHDIST", .optional)
    static let withHash = word("withhash", "WITHHASH", .optional)

    static let store = ArgumentDocs("key", .key, token: "STORE", .optional, keySpecification: 1)
    static let storeDistance = ArgumentDocs(
        "key", .key, token: "STOREDIST", .optional, keySpecification: 2)
}

extension KeySpecification {
    /// The key that is written to, behind a word.
    static func named(_ word: StaticString, from index: Int) -> KeySpecification {
        KeySpecification(
            [.overwrite, .update], begin: .keyword(word, from: index),
            find: .range(last: 0, step: 1, limit: 0))
    }
}

extension GeoCommands {
    static let searchComplexity: StaticString = """
        O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area \
        around the shape provided as the filter and M is the number of items inside the shape
        """

    static let radiusComplexity: StaticString = """
        O(N+log(M)) where N is the number of elements inside the bounding box of the circular \
        area delimited by center and radius and M is the number of items inside the index.
        """
}
