import Bytes
import Keyspace
import RESP

extension GeoCommands {
    static let geoadd = DataCommand(
        CommandDeclaration(
            "geoadd", arity: -5, [.write, .denyOOM], categories: [.geo],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Adds members with their longitudes and latitudes to a sorted set.",
                complexity: """
                    O(log(N)) for each item added, where N is the number of elements in the \
                    sorted set.
                    """,
                since: "3.2.0", group: .geo,
                arguments: [
                    .key(),
                    .oneOf(
                        "condition", .optional, since: "6.2.0",
                        [
                            .word("nx", "NX"),
                            .word("xx", "XX"),
                        ]),
                    .word("change", "CH", .optional, since: "6.2.0"),
                    .block(
                        "longitude_latitude_member", .multiple,
                        [
                            .longitude, .latitude,
                            .string("member"),
                        ]),
                ],
                history: [
                    ("6.2.0", "Added the `CH`, `NX` and `XX` options.")
                ]))
    ) { arguments, execution throws(CommandError) in
        var options = AddOptions()
        var first = 2
        while first < arguments.count, options.takeForPlace(arguments[first]) { first += 1 }
        guard (arguments.count - first) % 3 == 0, first < arguments.count,
            !(options.onlyNew && options.onlyPresent)
        else { throw .syntax }
        for index in stride(from: first, to: arguments.count, by: 3) {
            _ = try arguments.place(index)
        }
        try SortedSetCommands.add(
            (arguments.count - first) / 3, options, at: execution.key(arguments[1]), &execution
        ) { index throws(CommandError) in
            let place = try arguments.place(first + 3 * index)
            return (
                arguments[first + 3 * index + 2],
                GeoHash(place, step: GeoHash.stepMax).score
            )
        }
    }

    static let geodist = DataCommand(
        CommandDeclaration(
            "geodist", arity: -4, [.readOnly], categories: [.geo],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the distance between two members.",
                complexity: "O(log(N))",
                since: "3.2.0", group: .geo,
                arguments: [
                    .key(),
                    .string("member1"),
                    .string("member2"),
                    .unit(.optional),
                ]))
    ) { arguments, execution throws(CommandError) in
        guard arguments.count <= 5 else { throw .syntax }
        let unit = arguments.count == 5 ? try GeoUnit.metres(arguments[4]) : 1
        let set = try execution.sortedSet(execution.key(arguments[1]))
        guard let set, let first = set.score(of: arguments[2]),
            let second = set.score(of: arguments[3])
        else { return execution.replies.null() }
        let distance = GeoHash(score: first).place.distance(to: GeoHash(score: second).place)
        execution.replies.distance(distance / unit)
    }

    static let geopos = DataCommand(
        CommandDeclaration(
            "geopos", arity: -2, [.readOnly], categories: [.geo],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the longitudes and latitudes of members.",
                complexity: "O(N) where N is the number of members requested.",
                since: "3.2.0", group: .geo,
                arguments: [
                    .key(),
                    .string("member", .multiple),
                ]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.sortedSet(execution.key(arguments[1]))
        execution.replies.array(arguments.count - 2)
        for index in 2..<arguments.count {
            guard let score = set?.score(of: arguments[index]) else {
                execution.replies.nullArray()
                continue
            }
            execution.replies.place(GeoHash(score: score).place)
        }
    }

    static let geohash = DataCommand(
        CommandDeclaration(
            "geohash", arity: -2, [.readOnly], categories: [.geo],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Answers the geohashes of members as texts.",
                complexity: """
                    O(log(N)) for each member requested, where N is the number of elements \
                    in the sorted set.
                    """,
                since: "3.2.0", group: .geo,
                arguments: [
                    .key(),
                    .string("member", .multiple),
                ]))
    ) { arguments, execution throws(CommandError) in
        let set = try execution.sortedSet(execution.key(arguments[1]))
        execution.replies.array(arguments.count - 2)
        for index in 2..<arguments.count {
            guard let score = set?.score(of: arguments[index]) else {
                execution.replies.null()
                continue
            }
            execution.replies.geohash(GeoHash(score: score).place)
        }
    }
}

extension ReplyWriter {
    /// A distance with four digits behind the point.
    func distance(_ distance: Double) {
        var text = ByteBuffer(capacity: 64)
        text.append(fixed: distance, digits: 4)
        bulk(text.bytes)
    }

    /// Longitude and latitude.
    func place(_ place: GeoPlace) {
        array(2)
        coordinate(place.longitude)
        coordinate(place.latitude)
    }

    private func coordinate(_ degrees: Double) {
        var text = ByteBuffer(capacity: 64)
        text.append(fixed: degrees, digits: 17)
        var digits = text.bytes
        while digits.last == UInt8(ascii: "0") { digits = digits[..<(digits.count - 1)] }
        if digits.last == UInt8(ascii: ".") { digits = digits[..<(digits.count - 1)] }
        guard isVersion3 else { return bulk(digits) }
        buffer.value.append(UInt8(ascii: ","))
        buffer.value.append(digits)
        buffer.value.append("\r\n")
    }

    /// The eleven letters that other systems know a place by. They have five bits each; for the
    /// last one there are too few, and it stays 0.
    func geohash(_ place: GeoPlace) {
        let bits = GeoHash(place, step: GeoHash.stepMax, latitudeMax: 90).bits
        let alphabet = ByteSlice("0123456789bcdefghjkmnpqrstuvwxyz")
        buffer.value.append("$11\r\n")
        for letter in 1...10 {
            buffer.value.append(alphabet[Int(bits >> UInt64(52 - 5 * letter)) & 31])
        }
        buffer.value.append("0\r\n")
    }
}
