import Bytes

/// A change of several directives at once, made on a copy.
///
/// The server takes `settings` over, applies what `changed` names to the world, and when that fails
/// puts its former settings back and applies those.
public struct SettingsChange: Sendable {
    /// What the circumstances allow.
    public struct Permissions: Sendable {
        public var isLoading: Bool
        /// Whether `enable-protected-configs` lets the client change protected directives.
        public var allowsProtected: Bool

        public init(isLoading: Bool, allowsProtected: Bool) {
            self.isLoading = isLoading
            self.allowsProtected = allowsProtected
        }
    }

    /// Why nothing was changed.
    public enum Failure: Error, Equatable {
        case unknown(name: ByteString)
        case refused(name: ByteString, reason: String)
        /// Not while the data set is loading; the server has the text for that.
        case loading

        /// What the client is told, or nothing for `loading`.
        public var reply: ByteString? {
            switch self {
            case .unknown(let name):
                Self.quote(
                    name, "ERR Unknown option or number of arguments for CONFIG SET - '", "'")
            case .refused(let name, let reason):
                Self.quote(
                    name, "ERR CONFIG SET failed (possibly related to argument '",
                    "') - \(reason)")
            case .loading: nil
            }
        }

        /// A text that quotes a name byte for byte, up to a zero byte as C would.
        private static func quote(
            _ name: ByteString, _ before: String, _ after: String
        ) -> ByteString {
            let name = name.array.prefix { $0 != 0 }
            return ByteString(Array(before.utf8) + name + Array(after.utf8))
        }
    }

    /// The settings with all changes.
    public let settings: Settings
    /// The directives whose value is another now, or that are applied always, in the order given.
    public let changed: [Directive]

    public init(
        _ pairs: [(name: ByteString, value: ByteString)], of settings: Settings,
        permissions: Permissions
    ) throws(Failure) {
        let directives = try Self.directives(of: pairs.map(\.name), permissions)
        var copy = settings
        var changed: [Directive] = []
        for (directive, pair) in zip(directives, pairs) {
            let before = directive.value(in: copy)
            do throws(RefusedValue) {
                try directive.set(Self.words(of: pair.value, for: directive), in: &copy)
            } catch {
                // The name as it is declared, whatever the case of the client's letters.
                let name = ByteString(pair.name.text.lowercased())
                throw .refused(name: name, reason: error.reason)
            }
            let isChanged = directive.value(in: copy) != before
            if isChanged || directive.traits.contains(.alwaysApplied) { changed.append(directive) }
        }
        self.settings = copy
        self.changed = changed
    }

    /// The directives of the names, if all of them may be changed.
    private static func directives(
        of names: [ByteString], _ permissions: Permissions
    ) throws(Failure) -> [Directive] {
        var directives: [Directive] = []
        for name in names {
            guard let directive = Directive.named(name) else { throw .unknown(name: name) }
            if directive.change == .atStart {
                throw .refused(name: name, reason: "can't set immutable config")
            }
            if directive.change == .protected, !permissions.allowsProtected {
                throw .refused(name: name, reason: "can't set protected config")
            }
            if permissions.isLoading, directive.traits.contains(.refusedWhileLoading) {
                throw .loading
            }
            if directives.contains(where: { $0.name == directive.name }) {
                throw .refused(name: name, reason: "duplicate parameter")
            }
            directives.append(directive)
        }
        return directives
    }

    /// Several words are given as one argument, with one blank between them.
    private static func words(of value: ByteString, for directive: Directive) -> [ByteString] {
        guard directive.traits.contains(.multiWord) else { return [value] }
        guard !value.isEmpty else { return [] }
        return value.array.split(separator: 0x20, omittingEmptySubsequences: false)
            .map { ByteString(Array($0)) }
    }
}
