/// What the judge decided about the data on the disk. Nothing has been changed yet.
public enum Verdict: Sendable, Equatable {
    /// There is no data.
    case startEmpty
    /// The log is off: load this dump.
    case loadDump(path: String)
    /// The log is on and only a dump is there: load it, then open the log with a base of it.
    case convertDump(path: String)
    /// Load these files, then apply what the plan says to the disk, then open the log.
    case loadLog(LogPlan)
    /// Do not start.
    case refuse(Refusal)
}

/// The verdict, where the log goes on if it is not a log that is loaded, and what to tell.
public struct Judgement: Sendable, Equatable {
    public var verdict: Verdict
    /// For `AppendLog`, unless the verdict is `loadLog`: then it is what applying the plan returns.
    public var recovered: RecoveredLog
    public var notices: [Notice] = []
}

/// Why the server does not start, and what would resolve it.
public struct Refusal: Error, Sendable, Equatable {
    /// In Redis's words where it has any.
    public var reason: String
    /// The file and the byte at fault.
    public var file: String?
    public var offset: Int?
    /// What is wrong there.
    public var detail: String?
    /// What an operator can do, most careful first.
    public var remedies: [String]

    public init(
        _ reason: String, file: String? = nil, offset: Int? = nil, detail: String? = nil,
        remedies: [String]
    ) {
        self.reason = reason
        self.file = file
        self.offset = offset
        self.detail = detail
        self.remedies = remedies
    }

    /// The lines for the log.
    public var logLines: [String] {
        var lines = [reason]
        if let file {
            let place = offset.map { ", at offset \($0)" } ?? ""
            lines.append("In \(file)\(place)\(detail.map { ": \($0)" } ?? "").")
        }
        if !remedies.isEmpty {
            lines.append("Nothing was changed. To resolve it:")
            lines += remedies.enumerated().map { "\($0.offset + 1)) \($0.element)" }
        }
        return lines
    }
}

/// A log that holds, or holds up to a torn tail: what to load, and what to do to the disk after.
public struct LogPlan: Sendable, Equatable {
    public struct File: Sendable, Equatable {
        public var name: String
        /// Where it lies now.
        public var path: String
        public var kind: Manifest.Kind
        /// Bytes of the RDB file at its head; 0 when it has none.
        public var headSize: Int
        /// Bytes to load, head included.
        public var validSize: Int
        /// Bytes that are there; what is beyond `validSize` is cut off and kept aside.
        public var size: Int
    }

    public var files: [File]
    /// What is put in force; what is on the disk already when nothing of it changed.
    public var manifest: Manifest
    public var isManifestChanged: Bool
    /// Where a log from before Redis 7 lies that becomes the base.
    public var adopted: String?
    public var end: LogOffset
    /// What the next batch line of the last increment continues from.
    public var lastChecksum: UInt64?
    /// Lines that say what was found, for the log, before loading.
    public var notices: [Notice] = []

    /// Bytes to load in all.
    public var totalSize: Int { files.reduce(0) { $0 + $1.validSize } }
}
