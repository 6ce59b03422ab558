/// Something to tell the operator: a line of the server's log.
public struct Notice: Sendable, Equatable {
    public enum Level: Sendable, Equatable { case debug, verbose, notice, warning }

    public let level: Level
    public let text: String

    public init(_ level: Level, _ text: String) {
        self.level = level
        self.text = text
    }
}

/// Takes notices, from any thread.
public typealias Notify = @Sendable (Notice) -> Void
