import Bytes
import Keyspace

/// The words of a search: where, what comes with each member, how many, and where it is stored.
struct GeoSearchRequest {
    /// Which command asks.
    enum Kind {
        case radius, radiusOfMember, search, searchStore
    }

    enum Order { case none, nearestFirst, farthestFirst }

    private(set) var shape = GeoShape()
    private(set) var withDistance = false
    private(set) var withHash = false
    private(set) var withPlace = false
    private(set) var order = Order.none
    /// Members at the most; 0: all.
    private(set) var count = 0
    /// Whether any will do, not only the nearest.
    private(set) var any = false
    /// The argument with the key that the result is stored in.
    private(set) var target: Int?
    /// Whether distances are stored as scores.
    private(set) var storesDistance = false
    private var hasCenter = false
    private var hasForm = false

    /// - Parameters:
    ///   - set: what is searched, from which a member's place is taken; nothing when it is missing.
    ///   - maySave: whether `STORE` and `STOREDIST` are options.
    init(
        _ kind: Kind, _ arguments: Slices, in set: SortedSet?, maySave: Bool
    ) throws(CommandError) {
        let first = try readHead(kind, arguments, set)
        try readOptions(kind, arguments, from: first, set, maySave)
        if order == .none, count != 0, !any { order = .nearestFirst }
    }

    /// Reads what stands at a fixed place. Returns where the options begin.
    private mutating func readHead(
        _ kind: Kind, _ arguments: Slices, _ set: SortedSet?
    ) throws(CommandError) -> Int {
        switch kind {
        case .radius:
            shape.center = try arguments.place(2)
            try readRadius(arguments, 4)
            return 6
        case .radiusOfMember:
            guard let set else { return 5 }
            shape.center = try Self.place(of: arguments[2], in: set)
            try readRadius(arguments, 3)
            return 5
        case .search: return 2
        case .searchStore:
            target = 1
            return 3
        }
    }

    private static func place(
        of member: ByteSlice, in set: SortedSet
    ) throws(CommandError) -> GeoPlace {
        guard let score = set.score(of: member) else {
            throw .text("ERR could not decode requested zset member")
        }
        return GeoHash(score: score).place
    }

    private mutating func readRadius(_ arguments: Slices, _ index: Int) throws(CommandError) {
        let radius = try arguments.score(index, orElse: .text("ERR need numeric radius"))
        guard radius >= 0 else { throw .text("ERR radius cannot be negative") }
        shape.unit = try GeoUnit.metres(arguments[index + 1])
        shape.form = .circle(radius * shape.unit)
    }

    private mutating func readBox(_ arguments: Slices, _ index: Int) throws(CommandError) {
        let width = try arguments.score(index, orElse: .text("ERR need numeric width"))
        let height = try arguments.score(index + 1, orElse: .text("ERR need numeric height"))
        guard width >= 0, height >= 0 else {
            throw .text("ERR height or width cannot be negative")
        }
        shape.unit = try GeoUnit.metres(arguments[index + 2])
        shape.form = .box(width * shape.unit, height * shape.unit)
    }

    private mutating func readOptions(
        _ kind: Kind, _ arguments: Slices, from first: Int, _ set: SortedSet?, _ maySave: Bool
    ) throws(CommandError) {
        let isSearch = kind == .search || kind == .searchStore
        var byRadius = false
        var fromMember = false
        var index = first
        while index < arguments.count {
            let word = arguments[index]
            let following = arguments.count - index - 1
            if takeFlag(word) {
                index += 1
            } else if word.isWord("count"), following >= 1 {
                let wanted = try arguments.integer(index + 1)
                guard wanted > 0 else { throw .text("ERR COUNT must be > 0") }
                count = Int(wanted)
                index += 2
            } else if maySave, !isSearch, following >= 1,
                word.isWord("store") || word.isWord("storedist")
            {
                target = index + 1
                storesDistance = word.isWord("storedist")
                index += 2
            } else if isSearch, following >= 1, word.isWord("frommember"),
                !hasCenter || fromMember
            {
                if let set { shape.center = try Self.place(of: arguments[index + 1], in: set) }
                (hasCenter, fromMember) = (true, true)
                index += 2
            } else if isSearch, following >= 2, word.isWord("fromlonlat"), !fromMember {
                shape.center = try arguments.place(index + 1)
                hasCenter = true
                index += 3
            } else if isSearch, following >= 2, word.isWord("byradius"), !hasForm || byRadius {
                try readRadius(arguments, index + 1)
                (hasForm, byRadius) = (true, true)
                index += 3
            } else if isSearch, following >= 3, word.isWord("bybox"), !byRadius {
                try readBox(arguments, index + 1)
                hasForm = true
                index += 4
            } else if kind == .searchStore, word.isWord("storedist") {
                storesDistance = true
                index += 1
            } else {
                throw .syntax
            }
        }
        try check(kind, isSearch, arguments)
    }

    private mutating func takeFlag(_ word: ByteSlice) -> Bool {
        if word.isWord("withdist") {
            withDistance = true
        } else if word.isWord("withhash") {
            withHash = true
        } else if word.isWord("withcoord") {
            withPlace = true
        } else if word.isWord("any") {
            any = true
        } else if word.isWord("asc") {
            order = .nearestFirst
        } else if word.isWord("desc") {
            order = .farthestFirst
        } else {
            return false
        }
        return true
    }

    private func check(
        _ kind: Kind, _ isSearch: Bool, _ arguments: Slices
    ) throws(CommandError) {
        if target != nil, withDistance || withHash || withPlace {
            throw kind == .searchStore
                ? .text(
                    """
                    ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD \
                    options
                    """)
                : .text(
                    """
                    ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and \
                    WITHCOORD options
                    """)
        }
        if isSearch, !hasCenter {
            throw .quoting(
                "ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ",
                arguments[0])
        }
        if isSearch, !hasForm {
            throw .quoting(
                "ERR exactly one of BYRADIUS and BYBOX can be specified for ", arguments[0])
        }
        if any, count == 0 {
            throw .text("ERR the ANY argument requires COUNT argument")
        }
    }

    /// What is answered of each member besides its name.
    var extraCount: Int { (withDistance ? 1 : 0) + (withHash ? 1 : 0) + (withPlace ? 1 : 0) }
}
