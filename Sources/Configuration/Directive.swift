import Bytes

/// One thing that can be configured: its name, its place in `Settings`, and the rules for it.
///
/// Declared once, in the tables of `Directives`. The readers of files and of the command line,
/// `CONFIG GET`, `SET` and `REWRITE`, the warning about what has no effect and the reference page
/// derive from the tables.
public struct Directive: Sendable {
    /// When the value may be changed.
    public enum Change: Sendable {
        case atRuntime
        case atStart
        /// At run time, if `enable-protected-configs` allows it to the client.
        case protected
    }

    /// What setting it does at present.
    public enum Effect: Sendable, Equatable {
        case full
        /// Part of it has an effect, for a reason that completes "has only part of its effect: …".
        case partial(String)
        /// It is known, kept and shown, and changes nothing, for a reason that completes
        /// "it has no effect: …".
        case none(String)
    }

    public struct Traits: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// `CONFIG GET` shows it by its exact name only.
        public static let hidden = Traits(rawValue: 1)
        /// Takes several words.
        public static let multiWord = Traits(rawValue: 2)
        /// Its value is not written to logs.
        public static let masked = Traits(rawValue: 4)
        /// Not changed while the data set is loading.
        public static let refusedWhileLoading = Traits(rawValue: 8)
        /// A change is applied also when the value is the same as before: what it names may not be.
        public static let alwaysApplied = Traits(rawValue: 16)
        /// Each of its lines in a file stands for itself; one with a default value may be left out.
        static let independentLines = Traits(rawValue: 32)
    }

    public let name: String
    public let aliases: [String]
    public let kind: DirectiveKind
    public let change: Change
    public let traits: Traits
    public let effect: Effect
    /// What it is for, in one sentence.
    public let summary: String
    let place: DirectivePlace

    /// The value as `CONFIG GET` shows it.
    public func value(in settings: Settings) -> ByteString { place.read(settings) }

    /// Sets the value from the words behind the name.
    ///
    /// The settings are left as they were when the words are refused.
    public func set(_ words: [ByteString], in settings: inout Settings) throws(RefusedValue) {
        guard traits.contains(.multiWord) || words.count == 1 else {
            throw RefusedValue("wrong number of arguments")
        }
        try place.write(&settings, words)
    }

    /// Whether the value is the one of a fresh `Settings`.
    public func isDefault(in settings: Settings) -> Bool {
        place.lines(settings) == place.lines(Settings())
    }
}

/// A value that a directive does not take, with the reason that users are told.
public struct RefusedValue: Error, Equatable {
    public let reason: String
    public init(_ reason: String) { self.reason = reason }
}

/// How a directive's value is read from settings, written to them, and put into a file.
struct DirectivePlace: Sendable {
    /// The form of `CONFIG GET`.
    let read: @Sendable (Settings) -> ByteString
    let write: @Sendable (inout Settings, [ByteString]) throws(RefusedValue) -> Void
    /// What stands behind the name in a configuration file, one element per line; none when the
    /// value can only be given by leaving the directive out.
    let lines: @Sendable (Settings) -> [ByteString]
}
