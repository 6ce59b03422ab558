/// The log that was found, judged and put in order: where `AppendLog` goes on.
public struct RecoveredLog: Sendable, Equatable {
    /// The path of `appenddirname`.
    public var directory: String
    public var manifest = Manifest()
    /// Bytes of the listed files, by name.
    public var sizes: [String: UInt64] = [:]
    /// The log offset behind the last record.
    public var end = LogOffset.zero
    /// What the next batch line of the last increment continues from.
    public var lastChecksum: UInt64?

    /// Whether the listed files hold nothing, and what was loaded instead is to replace them.
    public var isReplaced = false

    /// No log yet.
    public init(directory: String) { self.directory = directory }
}
