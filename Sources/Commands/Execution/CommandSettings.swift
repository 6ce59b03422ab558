/// The directives that commands depend on; the server keeps them equal to its settings.
public struct CommandSettings: Sendable {
    /// `proto-max-bulk-len`: the longest string, in bytes.
    public var stringCountMax = 512 << 20
    public var deletesLazily = false
    public var expiresLazily = false
    /// Whether a key that a command empties or replaces is recorded as `UNLINK`.
    public var removesLazily = false
    public var flushesLazily = false
    public var databaseCount = 16

    public init() {}
}
