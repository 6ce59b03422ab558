import Bytes
import Commands
import Persistence

/// A key that damage has probably touched.
struct AffectedKey: Hashable {
    let database: Int
    let name: ByteString

    var text: String { "\(name.withSlice { Quoting.represent($0) }) in db \(database)" }

    func write(to json: inout JSONText) {
        json.beginObject()
        json.value("db", database)
        name.withSlice { json.value("key", $0) }
        json.endObject()
    }
}

/// The keys that commands name, by the specifications of the server's own commands.
struct KeyFinder {
    /// Keys that are remembered; what is beyond is only counted.
    static let countMax = 1000

    private let commands = KnownCommands()
    private(set) var keys: [AffectedKey] = []
    private var known: Set<AffectedKey> = []
    private(set) var omitted = 0

    mutating func forget() {
        keys = []
        known = []
        omitted = 0
    }

    /// Notes the keys of a command; of one that nobody knows, its first argument.
    mutating func note(_ arguments: Slices, database: Int) {
        guard arguments.count > 1, !arguments[0].isWord("select") else { return }
        guard let declaration = commands.declaration(of: arguments[0]) else {
            return note(arguments[1], database)
        }
        for position in declaration.keyPositions(in: arguments) ?? [] {
            note(arguments[position.index], database)
        }
    }

    private mutating func note(_ name: ByteSlice, _ database: Int) {
        let key = AffectedKey(database: database, name: ByteString(name))
        guard !known.contains(key) else { return }
        guard keys.count < Self.countMax else { return omitted += 1 }
        known.insert(key)
        keys.append(key)
    }
}
