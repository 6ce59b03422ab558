/// What `COMMAND DOCS` and the manual say of a command.
public struct CommandDocs: Sendable {
    public let summary: StaticString
    /// Empty when nothing is to be said of it.
    public let complexity: StaticString
    public let since: StaticString
    public let group: Group
    public let arguments: [ArgumentDocs]
    /// Pairs of version and change.
    public let history: [(version: StaticString, change: StaticString)]
    /// Version from which on, and by what, the command is replaced; nothing when it is not.
    public let deprecation: (since: StaticString, by: StaticString)?

    public enum Group: String, Sendable {
        case generic, string, list, set, hash, stream, bitmap, geo, hyperloglog, connection
        case server, transactions, scripting, cluster, pubsub, sentinel
        case sortedSet = "sorted-set"
    }

    public init(
        _ summary: StaticString, complexity: StaticString, since: StaticString, group: Group,
        arguments: [ArgumentDocs] = [],
        history: [(version: StaticString, change: StaticString)] = [],
        deprecation: (since: StaticString, by: StaticString)? = nil
    ) {
        self.summary = summary
        self.complexity = complexity
        self.since = since
        self.group = group
        self.arguments = arguments
        self.history = history
        self.deprecation = deprecation
    }
}

/// One argument of a command's syntax, as `COMMAND DOCS` describes it.
public struct ArgumentDocs: Sendable {
    public enum Kind: String, Sendable {
        case string, integer, double, key, pattern, block
        case unixTime = "unix-time"
        case pureToken = "pure-token"
        case oneOf = "oneof"
    }

    public struct Options: OptionSet, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let optional = Options(rawValue: 1)
        public static let multiple = Options(rawValue: 2)
        public static let multipleToken = Options(rawValue: 4)
    }

    public let name: StaticString
    public let kind: Kind
    public let token: StaticString?
    public let options: Options
    /// Version since which the argument exists, when later than the command.
    public let since: StaticString?
    /// Index of the key specification that a key belongs to.
    public let keySpecification: Int?
    /// How a syntax line names the argument, when not by its name.
    public let display: StaticString?
    public let parts: [ArgumentDocs]

    public init(
        _ name: StaticString, _ kind: Kind, token: StaticString? = nil, _ options: Options = [],
        since: StaticString? = nil, keySpecification: Int? = nil, display: StaticString? = nil,
        parts: [ArgumentDocs] = []
    ) {
        self.name = name
        self.kind = kind
        self.token = token
        self.options = options
        self.since = since
        self.keySpecification = keySpecification
        self.display = display
        self.parts = parts
    }

    /// What stands for the argument in a line of syntax; a group shows its parts instead.
    public var displayText: StaticString? { kind == .oneOf || kind == .block ? nil : name }

    public static func key(
        _ name: StaticString = "key", _ options: Options = [], specification: Int = 0
    ) -> ArgumentDocs {
        ArgumentDocs(name, .key, options, keySpecification: specification)
    }

    public static func string(
        _ name: StaticString, token: StaticString? = nil, _ options: Options = [],
        since: StaticString? = nil
    ) -> ArgumentDocs {
        ArgumentDocs(name, .string, token: token, options, since: since)
    }

    public static func pattern(
        _ name: StaticString = "pattern", token: StaticString? = nil, _ options: Options = []
    ) -> ArgumentDocs {
        ArgumentDocs(name, .pattern, token: token, options)
    }

    public static func unixTime(
        _ name: StaticString, token: StaticString? = nil, since: StaticString? = nil
    ) -> ArgumentDocs {
        ArgumentDocs(name, .unixTime, token: token, since: since)
    }

    public static func integer(
        _ name: StaticString, token: StaticString? = nil, _ options: Options = [],
        since: StaticString? = nil
    ) -> ArgumentDocs {
        ArgumentDocs(name, .integer, token: token, options, since: since)
    }

    /// A word that stands for itself.
    public static func word(
        _ name: StaticString, _ token: StaticString, _ options: Options = [],
        since: StaticString? = nil
    ) -> ArgumentDocs {
        ArgumentDocs(name, .pureToken, token: token, options, since: since)
    }

    public static func oneOf(
        _ name: StaticString, _ options: Options = [], since: StaticString? = nil,
        _ parts: [ArgumentDocs]
    ) -> ArgumentDocs {
        ArgumentDocs(name, .oneOf, options, since: since, parts: parts)
    }

    public static func oneOf(_ name: StaticString, _ parts: [ArgumentDocs]) -> ArgumentDocs {
        ArgumentDocs(name, .oneOf, parts: parts)
    }

    public static func block(_ name: StaticString, _ parts: [ArgumentDocs]) -> ArgumentDocs {
        ArgumentDocs(name, .block, parts: parts)
    }

    public static func block(
        _ name: StaticString, _ options: Options = [], _ parts: [ArgumentDocs]
    ) -> ArgumentDocs {
        ArgumentDocs(name, .block, options, parts: parts)
    }
}
