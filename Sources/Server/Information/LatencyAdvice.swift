/// What the latency monitor's samples mean, in words (`LATENCY DOCTOR`).
struct LatencyAdvice {
    let events: [String: LatencyMonitor.Event]
    /// `latency-monitor-threshold`; 0 is off.
    let thresholdMilliseconds: Int
    /// `slowlog-log-slower-than`; negative is off.
    let slowLogMicroseconds: Int

    var text: String {
        guard thresholdMilliseconds > 0 else {
            return """
                Latency monitoring is disabled, so there is nothing to judge. Switch it on with \
                "CONFIG SET latency-monitor-threshold <milliseconds>" and ask again later.

                """
        }
        guard !events.isEmpty else {
            return """
                Nothing took \(thresholdMilliseconds) milliseconds or longer since monitoring \
                began.

                """
        }
        let sorted = events.sorted { $0.key < $1.key }
        var lines = ["These events took longer than \(thresholdMilliseconds) milliseconds:", ""]
        for (index, event) in sorted.enumerated() {
            lines.append("\(index + 1). \(event.key): \(Self.summary(of: event.value))")
        }
        lines += ["", "What may help:", ""]
        lines += advice(on: Set(sorted.map(\.key))).map { "- \($0)" }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func summary(of event: LatencyMonitor.Event) -> String {
        let values = event.samples.map(\.milliseconds)
        let average = values.isEmpty ? 0 : values.reduce(0, +) / Int64(values.count)
        let deviation =
            values.isEmpty
            ? 0 : values.map { abs($0 - average) }.reduce(0, +) / Int64(values.count)
        return "\(values.count) samples, average \(average) ms, mean deviation \(deviation) ms, "
            + "worst of all time \(event.worst) ms."
    }

    private func advice(on names: Set<String>) -> [String] {
        var advice: [String] = []
        if names.contains("command") || names.contains("fast-command") {
            advice.append(
                "Look into the slow log for the commands behind it: SLOWLOG GET. Commands over "
                    + "the whole keyspace and large collections are the usual ones.")
            if slowLogMicroseconds < 0 || slowLogMicroseconds > thresholdMilliseconds * 1000 {
                advice.append(
                    "The slow log notes less than the latency monitor does. Make them agree with "
                        + "'CONFIG SET slowlog-log-slower-than "
                        + "\(thresholdMilliseconds * 1000)'.")
            }
        }
        if names.contains("fast-command") {
            advice.append(
                "Even commands that do little were slow: look for other processes on the same "
                    + "processor, for swapping, and at the host of a virtual machine.")
        }
        if names.contains(where: { $0.hasPrefix("aof-") || $0.hasPrefix("rdb-") }) {
            advice.append(
                "The disk is slow for the fsync policy in force. See what else writes to it, or "
                    + "whether 'appendfsync everysec' promises enough.")
        }
        if names.contains("expire-cycle") || names.contains("eviction-cycle") {
            advice.append(
                "Many keys end at the same time. Spread their deadlines, or lower "
                    + "active-expire-effort; 'lazyfree-lazy-expire yes' takes large values away "
                    + "in the background.")
        }
        if advice.isEmpty { advice.append("Compare the times of the samples with your load.") }
        return advice
    }
}
