import Bytes

/// What was read from files, the standard input and the command line at start.
public struct LoadedConfiguration: Sendable {
    /// A command under another name, or under none when `newName` is empty.
    public struct RenamedCommand: Sendable, Equatable {
        public let name: ByteString
        public let newName: ByteString
    }

    public internal(set) var settings = Settings()
    /// The file that `CONFIG REWRITE` writes; nothing when the server was started without one.
    public internal(set) var file: String?
    /// In order: a later one may refer to the name that an earlier one gave.
    public internal(set) var renamedCommands: [RenamedCommand] = []
    /// The words behind `user`, a line each.
    public internal(set) var users: [[ByteString]] = []
    /// Names of directives that included files set.
    public internal(set) var includedNames: Set<String> = []
    var remarks: [String] = []

    init() {}

    /// Lines for the server's log about what was set and has not its full effect.
    public var warnings: [String] {
        remarks + Directive.all.compactMap { $0.warning(in: settings) }
    }
}

extension Directive {
    /// A line for the server's log when the directive is set to something other than its default
    /// and has not its full effect.
    public func warning(in settings: Settings) -> String? {
        guard !isDefault(in: settings) else { return nil }
        return switch effect {
        case .full: nil
        case .partial(let reason): "'\(name)' is set and has only part of its effect: \(reason)"
        case .none(let reason): "'\(name)' is set and has no effect: \(reason)"
        }
    }
}
