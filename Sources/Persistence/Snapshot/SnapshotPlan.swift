import Bytes

/// What a snapshot is to contain, and where it goes.
public struct SnapshotPlan: Sendable {
    public enum Content: Equatable, Sendable {
        /// An RDB file of a version, 10 to 12. Fields of hashes that have deadlines need 12.
        case rdb(version: Int)

        /// The commands that rebuild the data set.
        ///
        /// - Parameter timestamp: Unix seconds for an annotation at the head.
        case commands(timestamp: Int64?)
    }

    /// What an RDB file keeps of how recently or often keys are used.
    public enum Usage: Equatable, Sendable { case none, idleSeconds, frequency }

    public var content: Content

    /// Where the file is written.
    public var temporaryPath: String

    /// Where the verified file is published; nothing when the caller publishes it.
    public var publishedPath: String?

    /// The AUX fields of an RDB file, in order.
    public var auxiliary: [RDBFile.Auxiliary] = []
    public var usage = Usage.none

    /// The codes of the libraries of functions.
    public var functionLibraries: [ByteString] = []

    /// `rdbcompression`.
    public var compresses = true

    /// `rdbchecksum`. What was written is verified in any case.
    public var checksums = true

    /// `rdb-save-incremental-fsync`, or `aof-rewrite-incremental-fsync`.
    public var syncsIncrementally = true

    /// `rdb-key-save-delay`.
    public var keySaveDelay = KeyDelay(microseconds: 0)

    /// `snapshot-queue-limit`: bytes that may wait for the snapshot's thread.
    public var queueLimit = 16 << 20

    public init(content: Content, temporaryPath: String, publishedPath: String?) {
        self.content = content
        self.temporaryPath = temporaryPath
        self.publishedPath = publishedPath
    }
}

extension SnapshotPlan {
    /// The name of an RDB file that process `pid` is writing.
    public static func temporaryRDBName(pid: Int32) -> String { "temp-\(pid).rdb" }

    /// The name of a base file that process `pid` is writing.
    public static func temporaryBaseName(pid: Int32) -> String { "temp-rewriteaof-bg-\(pid).aof" }

    /// The AUX fields that Redis writes, in its order.
    ///
    /// - Parameters:
    ///   - version: what the file names as the version of the server.
    ///   - now: Unix seconds.
    ///   - usedMemory: bytes.
    public static func auxiliary(
        version: String, now: Int64, usedMemory: Int, isBaseOfLog: Bool
    ) -> [RDBFile.Auxiliary] {
        [
            RDBFile.Auxiliary(name: "redis-ver", value: ByteString(version)),
            RDBFile.Auxiliary(name: "redis-bits", value: "64"),
            RDBFile.Auxiliary(name: "ctime", value: ByteString(String(now))),
            RDBFile.Auxiliary(name: "used-mem", value: ByteString(String(usedMemory))),
            RDBFile.Auxiliary(name: "aof-base", value: isBaseOfLog ? "1" : "0"),
        ]
    }
}
