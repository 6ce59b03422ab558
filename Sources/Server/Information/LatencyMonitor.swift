import Bytes

/// Moments at which something took at least `latency-monitor-threshold` milliseconds.
///
/// For each event the last samples, one a second at most: the worst of that second.
struct LatencyMonitor {
    struct Sample {
        /// Unix seconds.
        var time: Int64
        var milliseconds: Int64
    }

    struct Event {
        /// Oldest first.
        var samples: [Sample] = []
        var worst: Int64 = 0
    }

    static let samplesMax = 160

    private(set) var events: [String: Event] = [:]

    /// Notes how long an event took.
    ///
    /// - Parameter threshold: milliseconds; 0 notes nothing.
    mutating func note(_ name: String, milliseconds: Int64, time: Int64, threshold: Int) {
        guard threshold > 0, milliseconds >= Int64(threshold) else { return }
        var event = events[name] ?? Event()
        event.worst = max(event.worst, milliseconds)
        if let last = event.samples.last, last.time == time {
            event.samples[event.samples.count - 1].milliseconds = max(
                last.milliseconds, milliseconds)
        } else {
            event.samples.append(Sample(time: time, milliseconds: milliseconds))
            if event.samples.count > Self.samplesMax { event.samples.removeFirst() }
        }
        events[name] = event
    }

    /// Forgets events; all of them when none is named. Returns how many went.
    mutating func reset(_ names: [String]) -> Int {
        if names.isEmpty {
            defer { events.removeAll() }
            return events.count
        }
        return names.filter { events.removeValue(forKey: $0) != nil }.count
    }
}
