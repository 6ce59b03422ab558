/// A drawing of an event's samples in plain characters (`LATENCY GRAPH`).
///
/// ```
/// command - high 500 ms, low 101 ms (all time high 500 ms)
/// --------------------------------------------------------
///    #
///    #
///  _ #
/// _#_#
/// 5321
/// s…
/// ```
/// A column for each sample, oldest first; below it, read downwards, how long ago it was.
enum LatencyGraph {
    private static let rowCount = 4
    private static let columnCountMax = 80

    /// - Parameter now: Unix seconds.
    static func draw(_ event: LatencyMonitor.Event, named name: String, now: Int64) -> String {
        let samples = Array(event.samples.suffix(columnCountMax))
        let high = samples.map(\.milliseconds).max() ?? 0
        let low = samples.map(\.milliseconds).min() ?? 0
        var lines = [
            "\(name) - high \(high) ms, low \(low) ms (all time high \(event.worst) ms)",
            String(repeating: "-", count: columnCountMax),
        ]
        for row in (0..<rowCount).reversed() {
            lines.append(
                String(samples.map { mark(level($0.milliseconds, low, high), inRow: row) }))
        }
        lines.append("")
        let ages = samples.map { Array(age(now - $0.time)) }
        for position in 0..<(ages.map(\.count).max() ?? 0) {
            lines.append(String(ages.map { position < $0.count ? $0[position] : " " }))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The height of a sample between the lowest and the highest: two steps for each row.
    private static func level(_ value: Int64, _ low: Int64, _ high: Int64) -> Int {
        guard high > low else { return 1 }
        return 1 + Int((value - low) * Int64(2 * rowCount - 1) / (high - low))
    }

    private static func mark(_ level: Int, inRow row: Int) -> Character {
        if level > 2 * row + 1 { return "#" }
        return level == 2 * row + 1 ? "_" : " "
    }

    /// `7s`, `12m`, `3h`, `2d`
    private static func age(_ seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(max(0, seconds))s"
        case ..<3600: "\(seconds / 60)m"
        case ..<86400: "\(seconds / 3600)h"
        default: "\(seconds / 86400)d"
        }
    }
}
