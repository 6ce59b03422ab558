/// How much happens per second, as a mean over the last second and a half.
struct ServerRates {
    /// Counters at one moment.
    struct Sample {
        /// Monotonic microseconds.
        var time: Int64 = 0
        var commands: UInt64 = 0
        var bytesReceived: UInt64 = 0
        var bytesSent: UInt64 = 0
        var turns: UInt64 = 0
        var turnMicroseconds: UInt64 = 0
    }

    private static let intervalMicroseconds: Int64 = 100_000
    private static let samplesMax = 16

    /// Oldest first.
    private var samples: [Sample] = []

    /// Takes the counters of this moment, unless it has just done so.
    mutating func take(_ sample: Sample) {
        if let last = samples.last, sample.time - last.time < Self.intervalMicroseconds { return }
        samples.append(sample)
        if samples.count > Self.samplesMax { samples.removeFirst() }
    }

    /// Forgets everything, since counters were reset.
    mutating func removeAll() { samples.removeAll() }

    private func perSecond(_ counter: (Sample) -> UInt64) -> Double {
        guard let first = samples.first, let last = samples.last, last.time > first.time else {
            return 0
        }
        let growth = counter(last) &- counter(first)
        return Double(growth) * 1_000_000 / Double(last.time - first.time)
    }

    var commands: Int64 { Int64(perSecond { $0.commands }) }
    var turns: Int64 { Int64(perSecond { $0.turns }) }
    var kilobytesReceived: FixedDecimal {
        FixedDecimal(value: perSecond { $0.bytesReceived } / 1024)
    }
    var kilobytesSent: FixedDecimal { FixedDecimal(value: perSecond { $0.bytesSent } / 1024) }

    /// Microseconds that a turn of the loop took.
    var turnMicroseconds: Int64 {
        guard let first = samples.first, let last = samples.last, last.turns > first.turns else {
            return 0
        }
        return Int64(
            (last.turnMicroseconds &- first.turnMicroseconds) / (last.turns &- first.turns))
    }
}
