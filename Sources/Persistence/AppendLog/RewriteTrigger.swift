/// Decides when the log has grown enough to be rewritten, and starts nothing itself.
public struct RewriteTrigger: Sendable, Equatable {
    public enum Action: Equatable, Sendable {
        case wait
        /// Begin a rewrite because of this growth.
        case beginRewrite(growthPercent: UInt64)
        /// Begin the rewrite that was asked for.
        case beginScheduled
        /// Enough growth, but rewrites have failed repeatedly: the next attempt is in so many
        /// minutes. Said once for each pause.
        case tellLimit(minutes: Int)
    }

    /// Failures in a row after which attempts are spaced out.
    static let failuresMax = 3
    /// The longest pause.
    static let pauseMaxMinutes = 60

    /// Rewrites that failed since the last that succeeded.
    public private(set) var consecutiveFailures = 0
    /// The number of failures that the last pause was for.
    private var pausedFailures = 0
    /// Monotonic microseconds.
    private var nextAttempt: Int64 = 0

    public init() {}

    public mutating func rewriteSucceeded() { self = RewriteTrigger() }

    public mutating func rewriteFailed() { consecutiveFailures += 1 }

    /// A client has asked for a rewrite itself.
    public mutating func forgetFailures() { self = RewriteTrigger() }

    /// Call it regularly while no rewrite is under way.
    ///
    /// - Parameters:
    ///   - sizeAfterRewrite: what the growth is measured against.
    ///   - growthPercent: `auto-aof-rewrite-percentage`; 0 is never.
    ///   - sizeMin: `auto-aof-rewrite-min-size`.
    ///   - now: monotonic microseconds.
    public mutating func decide(
        size: UInt64, sizeAfterRewrite: UInt64, growthPercent: UInt64, sizeMin: UInt64, now: Int64
    ) -> Action {
        guard growthPercent > 0, size > sizeMin else { return .wait }
        let base = max(sizeAfterRewrite, 1)
        guard size >= base else { return .wait }
        let growth = (size - base).multipliedReportingOverflow(by: 100)
        let percent = growth.overflow ? UInt64.max : growth.partialValue / base
        guard percent >= growthPercent else { return .wait }
        if let minutes = pause(at: now) { return .tellLimit(minutes: minutes) }
        return now < nextAttempt ? .wait : .beginRewrite(growthPercent: percent)
    }

    /// Call it regularly while a rewrite that was asked for waits for its turn: one that keeps
    /// failing is spaced out like any other.
    public mutating func decideScheduled(now: Int64) -> Action {
        if let minutes = pause(at: now) { return .tellLimit(minutes: minutes) }
        return now < nextAttempt ? .wait : .beginScheduled
    }

    /// Begins a pause when one is due: 1, 2, 4 … 60 minutes, one after each failure.
    private mutating func pause(at now: Int64) -> Int? {
        let step = consecutiveFailures - Self.failuresMax
        guard step >= 0, pausedFailures != consecutiveFailures else { return nil }
        let minutes = step >= 6 ? Self.pauseMaxMinutes : 1 << step
        pausedFailures = consecutiveFailures
        nextAttempt = now + Int64(minutes) * 60_000_000
        return minutes
    }
}
