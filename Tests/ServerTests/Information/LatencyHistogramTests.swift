import Testing

@testable import Server

@Suite struct LatencyHistogramTests {
    @Test func classesFollowEachOtherWithoutAGap() {
        for index in 0..<155 {
            let start = LatencyHistogram.start(of: index)
            let next = LatencyHistogram.start(of: index + 1)
            #expect(next > start)
            #expect(LatencyHistogram.index(of: start) == index)
            #expect(LatencyHistogram.index(of: next - 1) == index)
            #expect(next - start <= max(1, start / 4), "class \(index) is wider than a quarter")
        }
        #expect(LatencyHistogram.index(of: .max) == 155)
        #expect(LatencyHistogram.index(of: 1 << 40 - 1) == 155)
    }

    @Test func percentilesAreWithinAnEighth() {
        var histogram = LatencyHistogram()
        for value in 1...10_000 { histogram.note(UInt64(value) * 1000) }
        #expect(histogram.count == 10_000)
        for percent in [1.0, 50, 90, 99, 99.9] {
            let expected = percent / 100 * 10_000_000
            let found = histogram.percentile(percent)
            #expect(abs(found - expected) < expected / 8, "p\(percent): \(found)")
        }
        #expect(LatencyHistogram().percentile(50) == 0)
    }

    @Test func theDistributionHasTheStepsOfRedis() {
        var histogram = LatencyHistogram()
        let nanoseconds: [UInt64] = [
            500, 1500, 3000, 12_000, 25_000, 25_000, 1_000_000, 1_000_000_000,
        ]
        // A thousand ticks a microsecond: ticks are nanoseconds.
        for value in nanoseconds { histogram.note(value) }
        let steps = histogram.steps(ticksPerMicrosecond: 1000)
        #expect(steps.map(\.microseconds) == [1, 2, 4, 16, 33, 1056, 1_082_130])
        #expect(steps.map(\.count) == [1, 2, 3, 4, 6, 7, 8])
    }

    @Test func theUnitOfTheCounterDoesNotMatter() {
        var slow = LatencyHistogram()
        var fast = LatencyHistogram()
        for microseconds in [1, 10, 100, 5000] as [UInt64] {
            slow.note(microseconds * 25)
            fast.note(microseconds * 3000)
        }
        #expect(
            slow.steps(ticksPerMicrosecond: 25).map(\.count)
                == fast.steps(ticksPerMicrosecond: 3000).map(\.count))
    }
}
