import Persistence
import Testing

@Suite struct LogSizeLimitTests {
    private var limit = LogSizeLimit()
    private static let second: Int64 = 1_000_000

    private mutating func decide(
        _ size: UInt64, expecting expected: UInt64 = 900, isBusy: Bool = false, at now: Int64
    ) -> LogSizeLimit.Action {
        limit.decide(size: size, limit: 1000, expected: expected, isBusy: isBusy, at: now)
    }

    @Test mutating func aLogBelowItsLimitIsLeftAlone() {
        let below = decide(999, at: 0)
        #expect(below == .none)
        #expect(limit.refusal == .nothing)
        let unlimited = limit.decide(
            size: .max, limit: 0, expected: 0, isBusy: false, at: 0)
        #expect(unlimited == .none)
    }

    @Test mutating func growthIsAllowedDuringTheFirstRewrite() {
        let first = decide(1000, at: 0)
        #expect(first == .beginRewrite)
        #expect(limit.refusal == .nothing)
        _ = decide(1999, isBusy: true, at: 1)
        #expect(limit.refusal == .nothing)
        _ = decide(2000, isBusy: true, at: 2)
        #expect(limit.refusal == .writes, "there is an end to that, too")
        _ = decide(100, at: 3)
        #expect(limit.refusal == .nothing)
    }

    @Test mutating func aRewriteThatDoesNotHelpIsNotRepeatedWithoutEnd() {
        var attempts = 0
        var now: Int64 = 0
        while now < 600 * Self.second {
            let action = decide(1100, at: now)
            if action == .beginRewrite { attempts += 1 }
            if now > 0 { #expect(limit.refusal == .growth) }
            now += Self.second / 10
        }
        // After 0, 1, 3, 7, 15, 31, 63 seconds, then each minute.
        #expect((14...17).contains(attempts))
    }

    @Test mutating func deletionsBringTheNextRewriteForward() {
        for second in 0..<40 { _ = decide(1100, at: Int64(second) * Self.second) }
        let soon = 40 * Self.second
        let early = decide(1100, expecting: 499, at: soon)
        #expect(early == .none)
        let later = decide(1100, expecting: 499, at: soon + Self.second)
        #expect(later == .beginRewrite)
        let helped = decide(400, at: soon + Self.second + 1)
        #expect(helped == .none)
        #expect(limit.refusal == .nothing)
        // The log was well below, so all begins anew.
        let anew = decide(1000, at: soon + 62 * Self.second)
        #expect(anew == .beginRewrite)
        #expect(limit.refusal == .nothing)
    }

    @Test mutating func growthBetweenTwoRewritesIsRefused() {
        let first = decide(1000, at: 0)
        #expect(first == .beginRewrite)
        _ = decide(950, at: 10)
        #expect(limit.refusal == .nothing)
        let again = decide(1000, at: 20)
        #expect(again == .none, "a rewrite that leaves little room is not repeated at once")
        #expect(limit.refusal == .growth)
        let later = decide(1000, at: Self.second)
        #expect(later == .beginRewrite)
    }

    @Test mutating func withoutLimitNothingIsRefused() {
        _ = decide(1100, at: 0)
        _ = decide(1100, at: 1)
        #expect(limit.refusal == .growth)
        _ = limit.decide(size: 1100, limit: 0, expected: 0, isBusy: false, at: 2)
        #expect(limit.refusal == .nothing)
    }
}
