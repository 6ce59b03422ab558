/// The server as a process of its machine.
public struct ProcessSettings: Sendable {
    public var isDaemon = false
    /// Path; empty writes none, unless the server is a daemon.
    public var pidFile = ""
    public var supervision = Supervision.no
    public var setsTitle = true
    public var titleTemplate = "{title} {listen-addr} {server-mode}"
    public var alwaysShowsLogo = false
    public var serverProcessors = ""
    public var backgroundProcessors = ""
    public var rewriteProcessors = ""
    public var snapshotProcessors = ""
    public var killScore = KillScore.no
    /// For a master, a replica and a background child.
    public var killScores = [0, 200, 800]
    public var disablesHugePages = true
    /// Rounds of periodic work per second, 1 to 500.
    public var frequency = 10
    public var hasDynamicFrequency = true
    /// Seconds to wait for replicas.
    public var shutdownTimeout = 10
    public var shutdownOnInterrupt: ShutdownWords = []
    public var shutdownOnTerminate: ShutdownWords = []
    public var logsCrashes = true
    public var testsMemoryAfterCrash = true
    public var exitsOnPanic = false
    /// Milliseconds; 0 is off.
    public var watchdogPeriod = 0
    public var ignoredWarnings = ""
    public var collation = ""
    public var allocatorHasThread = true
    public var rehashesActively = true
    public var debugCommand = Permission.no
    public var protectedConfigs = Permission.no
    public var moduleCommand = Permission.no
}

/// Who looks after the process and is told when it is ready.
public enum Supervision: String, DirectiveWord { case upstart, systemd, auto, no }

/// How the kernel's score for killing the process is set.
public enum KillScore: String, DirectiveWord { case no, yes, relative, absolute }

/// Whether something risky is allowed: to nobody, everybody, or clients of this machine.
public enum Permission: String, DirectiveWord { case no, yes, local }

/// What a signal that ends the server does; empty is the default behaviour.
public struct ShutdownWords: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let save = ShutdownWords(rawValue: 1)
    public static let nosave = ShutdownWords(rawValue: 2)
    public static let now = ShutdownWords(rawValue: 4)
    public static let force = ShutdownWords(rawValue: 8)

    /// The words in the order in which they are listed.
    static let words: [(word: String, value: ShutdownWords)] = [
        ("default", []), ("save", .save), ("nosave", .nosave), ("now", .now), ("force", .force),
    ]
}
