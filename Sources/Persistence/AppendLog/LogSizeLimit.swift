/// Decides what is done about a log that has reached `aof-max-size`, and does nothing itself.
///
/// A log over its limit is rewritten. While the first rewrite is under way the log may grow up to
/// twice the limit, since the old files count until the new base is in force. If the rewrite does
/// not bring it below, commands that add data are refused, and further rewrites are tried: soon where
/// they can be expected to help, else at growing intervals. Beyond twice the limit only
/// deletions are let through, which is what makes a rewrite help.
public struct LogSizeLimit: Sendable, Equatable {
    public enum Action: Equatable, Sendable {
        case none
        case beginRewrite
    }

    /// What is refused, each case with what those before it refuse.
    public enum Refusal: Int, Equatable, Sendable {
        case nothing
        /// Commands that may add data.
        case growth
        /// Every write that is not a deletion.
        case writes
    }

    /// How far the log may grow during a rewrite, in limits.
    static let ceiling: UInt64 = 2
    /// A rewrite that leaves less room than this part of the limit has not helped for long: an
    /// eighth.
    private static let roomDivisor: UInt64 = 8
    /// Between two rewrites because of the limit, in microseconds.
    static let pauseMin: Int64 = 1_000_000
    static let pauseMax: Int64 = 60_000_000

    public private(set) var refusal = Refusal.nothing
    /// Whether a rewrite was begun because of the limit, and the log is still over it.
    private var hasTried = false
    private var pause = pauseMin
    /// Monotonic microseconds.
    private var nextAttempt: Int64 = 0

    public init() {}

    /// Call it regularly while the log is on.
    ///
    /// - Parameters:
    ///   - size: bytes of all files of the log.
    ///   - limit: `aof-max-size`; 0 is none.
    ///   - expected: bytes that a rewrite would leave.
    ///   - isBusy: whether a rewrite is under way, or another snapshot that it has to wait for.
    ///   - now: monotonic microseconds.
    public mutating func decide(
        size: UInt64, limit: UInt64, expected: @autoclosure () -> UInt64, isBusy: Bool,
        at now: Int64
    ) -> Action {
        guard limit > 0, size >= limit else {
            refusal = .nothing
            hasTried = false
            if limit == 0 || size < limit - limit / Self.roomDivisor { pause = Self.pauseMin }
            return .none
        }
        let ceiling = limit.multipliedReportingOverflow(by: Self.ceiling)
        let isBeyond = !ceiling.overflow && size >= ceiling.partialValue
        if isBusy {
            if isBeyond { refusal = .writes }
            return .none
        }
        if expected() < limit / 2 { nextAttempt = min(nextAttempt, now + Self.pauseMin) }
        guard now >= nextAttempt else {
            refusal = isBeyond ? .writes : .growth
            return .none
        }
        if hasTried { refusal = isBeyond ? .writes : .growth }
        hasTried = true
        nextAttempt = now + pause
        pause = min(pause * 2, Self.pauseMax)
        return .beginRewrite
    }

    /// The log is off: nothing is refused for its size.
    public mutating func reset() { self = LogSizeLimit() }
}
