import Platform

/// What the server has to do for the log, or to know; see `AppendLog.nextEvent`.
public enum AppendLogEvent: Equatable, Sendable {
    /// The records of the base end exactly here: begin the snapshot before the next command.
    case beginSnapshot
    /// The base is in force; after `enable`, the log is on from here.
    case rewriteFinished
    /// The rewrite came to nothing, the longer log is still valid: drop the snapshot. After
    /// `enable`, the log is off again.
    case rewriteFailed(IOError)
    /// A sync failed and some of its bytes are not in memory any more: only a rewrite makes the
    /// data on the disk whole again.
    case rewriteNeeded
}

/// How far a rewrite is.
struct LogRewrite {
    enum State: Equatable {
        case idle
        /// Waits for the tail to be at home.
        case requested
        /// The new increment is being opened; the snapshot is under way.
        case beginning
        /// The snapshot is under way.
        case running
        /// The base is being put in force.
        case installing
    }

    struct Base: Equatable {
        let path: String
        let isRDB: Bool
    }

    var state = State.idle
    /// The first increment that the base does not cover.
    var firstKept: Int64?
    /// The finished base, while it waits to be put in force.
    var base: Base?
    var isStopRequested = false
}
