import Bytes
import Configuration
import Platform

/// What decides what is loaded at start, and where it lies.
public struct RecoverySettings: Sendable {
    public var log: AppendOnlySettings
    /// `dir`.
    public var directory: String
    /// `dbfilename`.
    public var dumpName: String
    /// `rdbchecksum`: whether the checksums of RDB files are looked at.
    public var verifiesDumps: Bool

    public init(
        log: AppendOnlySettings, directory: String, dumpName: String, verifiesDumps: Bool
    ) {
        self.log = log
        self.directory = directory
        self.dumpName = dumpName
        self.verifiesDumps = verifiesDumps
    }

    public var names: AppendLogNames { AppendLogNames(stem: log.filename) }
    public var logDirectory: String { FilePath.join(directory, log.directoryName) }
    public var dumpPath: String { FilePath.join(directory, dumpName) }
    /// Where a log from before Redis 7 lies.
    public var singleLogPath: String { FilePath.join(directory, log.filename) }
}
