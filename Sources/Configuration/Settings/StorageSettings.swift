/// The data set as a whole.
public struct StorageSettings: Sendable {
    /// Where RDB files and the log's directory are; the server makes it absolute at start.
    public var directory = "."
    public var databases = 16
    public var keyspaceEvents: KeyspaceEvents = []
    public var replayErrors = ReplayErrors.ignore
}

/// What happens when a command from the log or a master answers with an error.
public enum ReplayErrors: String, DirectiveWord {
    case ignore, panic
    case panicOnReplicas = "panic-on-replicas"
}

/// The classes of events that clients may subscribe to, and the two channels for them.
public struct KeyspaceEvents: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let generic = KeyspaceEvents(rawValue: 1 << 0)
    public static let string = KeyspaceEvents(rawValue: 1 << 1)
    public static let list = KeyspaceEvents(rawValue: 1 << 2)
    public static let set = KeyspaceEvents(rawValue: 1 << 3)
    public static let hash = KeyspaceEvents(rawValue: 1 << 4)
    public static let sortedSet = KeyspaceEvents(rawValue: 1 << 5)
    public static let expired = KeyspaceEvents(rawValue: 1 << 6)
    public static let evicted = KeyspaceEvents(rawValue: 1 << 7)
    public static let stream = KeyspaceEvents(rawValue: 1 << 8)
    public static let module = KeyspaceEvents(rawValue: 1 << 9)
    public static let keyMiss = KeyspaceEvents(rawValue: 1 << 10)
    public static let new = KeyspaceEvents(rawValue: 1 << 11)
    /// Events go to the channel of their key.
    public static let keyspace = KeyspaceEvents(rawValue: 1 << 12)
    /// Events go to the channel of their event.
    public static let keyevent = KeyspaceEvents(rawValue: 1 << 13)

    /// What the letter `A` stands for: every class but misses and new keys.
    public static let all: KeyspaceEvents = [
        .generic, .string, .list, .set, .hash, .sortedSet, .expired, .evicted, .stream, .module,
    ]

    static let letters: [(letter: Character, value: KeyspaceEvents)] = [
        ("g", .generic), ("$", .string), ("l", .list), ("s", .set), ("h", .hash),
        ("z", .sortedSet), ("x", .expired), ("e", .evicted), ("t", .stream), ("d", .module),
        ("n", .new), ("K", .keyspace), ("E", .keyevent), ("m", .keyMiss),
    ]

    /// Nothing when a letter is unknown.
    init?(letters text: String) {
        self = []
        for letter in text {
            if letter == "A" {
                formUnion(.all)
            } else if let known = Self.letters.first(where: { $0.letter == letter }) {
                formUnion(known.value)
            } else {
                return nil
            }
        }
    }

    /// The letters in Redis's order. A new key's `n` is shown also beside `A`, so that nothing is
    /// lost when the text is read back.
    var letters: String {
        let hasAll = isSuperset(of: .all)
        let rest = hasAll ? subtracting(.all) : self
        return (hasAll ? "A" : "")
            + String(Self.letters.filter { rest.contains($0.value) }.map(\.letter))
    }
}
