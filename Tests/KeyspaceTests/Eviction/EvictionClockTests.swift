import Testing

@testable import Keyspace

@Suite struct EvictionClockTests {
    /// The mean of the counter after so many uses, from the probabilities that Redis documents: with
    /// a counter c above 5 a use counts with 1 / ((c - 5) * factor + 1).
    private func expectedCounter(hits: Int, factor: Int) -> Double {
        var share = Array(repeating: 0.0, count: 256)
        share[5] = 1
        for _ in 0..<hits {
            for counter in stride(from: 254, through: 5, by: -1) {
                let moved = share[counter] / Double((counter - 5) * factor + 1)
                share[counter] -= moved
                share[counter + 1] += moved
            }
        }
        return share.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    }

    @Test(arguments: [0, 1, 10, 100], [1, 10, 100, 1000])
    func theCounterGrowsAsInRedis(_ factor: Int, _ hits: Int) {
        var clock = EvictionClock()
        clock.subject = .frequency
        clock.logFactor = factor
        clock.seconds = 1_000_000_000
        let entries = 2000
        var sum = 0
        for _ in 0..<entries {
            var mark = clock.newborn
            for _ in 0..<hits { mark = clock.touched(mark) }
            sum += Int(clock.frequency(mark))
        }
        let mean = Double(sum) / Double(entries)
        let expected = expectedCounter(hits: hits, factor: factor)
        #expect(abs(mean - expected) < 0.02 * expected, "\(mean) is not \(expected)")
    }

    @Test func theCounterFallsWithTheMinutes() {
        var clock = EvictionClock()
        clock.subject = .frequency
        clock.decayMinutes = 2
        clock.seconds = 1_000_000_020
        let mark = clock.mark(frequency: 100)
        clock.seconds += 119
        #expect(clock.frequency(mark) == 100 || clock.frequency(mark) == 99)
        clock.seconds += 20 * 60
        #expect(abs(Int(clock.frequency(mark)) - 89) <= 1)
        clock.seconds += 1000 * 60
        #expect(clock.frequency(mark) == 0)
        clock.decayMinutes = 0
        #expect(clock.frequency(mark) == 100)
    }

    @Test func whatIsNotedOfAUseDependsOnThePolicy() {
        var clock = EvictionClock()
        clock.seconds = 1000
        let mark = clock.newborn
        clock.seconds = 1060
        let used = clock.touched(mark)
        #expect(clock.idleSeconds(used) == 0)
        clock.subject = .lastChange
        let read = clock.touched(mark)
        #expect(clock.idleSeconds(read) == 60)
    }
}
