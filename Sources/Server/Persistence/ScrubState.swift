import Persistence

/// What the server knows of the reading of the log's files in the background.
struct ScrubState {
    /// The pass under way.
    var running: LogScrub?
    /// Somebody asked for a pass, and it waits until the files are not being changed.
    var isRequested = false
    /// When the next pass begins by itself, in monotonic microseconds.
    var nextPass: Int64 = 0
    /// The last pass that came to an end, and when that was, in Unix milliseconds.
    var last: (report: ScrubReport, milliseconds: Int64)?
    /// Damage that was found and whose file is still listed.
    var damage: ScrubDamage?
    /// Rewrites that were begun because of damage since a pass found none.
    var repairsTried = 0
    /// Damaged files that a rewrite has replaced.
    var repairs: UInt64 = 0

    /// Rewrites because of damage, without a pass between them that finds none, before it is left
    /// to the operator: a disk that damages each new file is not helped by more of them.
    static let repairsTriedMax = 3
    /// Between the beginnings of two passes by themselves, in microseconds.
    static let passInterval: Int64 = 60_000_000
    /// Bytes a second of a pass that was asked for while `aof-scrub-rate` is 0.
    static let requestedRate = 64 << 20
}
