/// How long the calls of one command took: a count for each class of durations.
///
/// Durations are counted in ticks of the processor's counter, so that noting one costs a few
/// instructions and no division; they become time when somebody asks. Each power of two has four
/// classes, so a percentile is off by an eighth at most.
struct LatencyHistogram {
    /// Powers of two beyond which everything is one class: minutes on every processor.
    private static let exponentMax = 40
    private static let classCount = 4 * (exponentMax - 1)
    private static let longest: UInt64 = 1 << UInt64(exponentMax) - 1

    private var counts = InlineArray<156, UInt64>(repeating: 0)

    init() { precondition(Self.classCount == counts.count) }

    @inline(__always)
    mutating func note(_ ticks: UInt64) {
        counts[Self.index(of: ticks)] &+= 1
    }

    /// 0 to 3 stand for themselves; from 4 on the highest bit chooses a power, the two bits below
    /// it one of its four classes.
    @inline(__always)
    static func index(of ticks: UInt64) -> Int {
        guard ticks > 3 else { return Int(truncatingIfNeeded: ticks) }
        let bounded = min(ticks, longest)
        let exponent = 63 &- bounded.leadingZeroBitCount
        return (exponent &- 1) &* 4
            &+ Int(truncatingIfNeeded: (bounded &>> UInt64(exponent &- 2)) & 3)
    }

    /// The first duration of a class, in ticks.
    static func start(of index: Int) -> UInt64 {
        guard index > 3 else { return UInt64(index) }
        let exponent = UInt64(index / 4 + 1)
        return (4 + UInt64(index % 4)) << (exponent - 2)
    }

    var count: UInt64 {
        var sum: UInt64 = 0
        for index in counts.indices { sum += counts[index] }
        return sum
    }

    /// The duration that a share of the calls did not exceed, in ticks.
    ///
    /// - Parameter percent: 0 to 100.
    func percentile(_ percent: Double) -> Double {
        let wanted = max(1, Double(count) * percent / 100)
        var passed: UInt64 = 0
        for index in counts.indices where counts[index] > 0 {
            let (before, inside) = (Double(passed), Double(counts[index]))
            passed += counts[index]
            guard Double(passed) >= wanted else { continue }
            // Inside a class the durations are taken as evenly spread.
            let start = Double(Self.start(of: index))
            let width = Double(Self.start(of: index + 1)) - start
            return start + width * (wanted - before) / inside
        }
        return 0
    }

    /// A step of the cumulative distribution, in the classes that Redis answers.
    struct Step: Equatable {
        let microseconds: Int64
        /// Calls that took no longer.
        let count: UInt64
    }

    /// The cumulative distribution: a step for each class of Redis that has any call.
    ///
    /// Those classes end near the powers of two of nanoseconds from 1024 on, less than 1 % above
    /// them. A class of ours belongs where its middle is.
    func steps(ticksPerMicrosecond: Double) -> [Step] {
        var steps: [Step] = []
        var passed: UInt64 = 0
        var exponent: UInt64 = 10
        for index in counts.indices where counts[index] > 0 {
            let middle =
                (Double(Self.start(of: index)) + Double(Self.start(of: index + 1))) / 2
            let nanoseconds = middle / ticksPerMicrosecond * 1000
            while Double(Self.end(of: exponent)) < nanoseconds { exponent += 1 }
            passed += counts[index]
            let step = Step(
                microseconds: Int64(Self.end(of: exponent) / 1000), count: passed)
            if steps.last?.microseconds == step.microseconds { steps.removeLast() }
            steps.append(step)
        }
        return steps
    }

    /// The longest duration of a class of Redis, in nanoseconds.
    private static func end(of exponent: UInt64) -> UInt64 {
        exponent == 10 ? 1 << 10 : 1 << exponent + 1 << (exponent - 7) - 1
    }
}
