import Bytes

extension Directive {
    static let monitoring = [
        Directive(
            "loglevel", word: \.logging.level,
            summary: "From how important on a line is written to the server's log."),
        Directive(
            "logfile", text: \.logging.file, change: .atStart,
            summary: "File of the server's log; empty is the standard output."),
        Directive(
            "syslog-enabled", flag: \.logging.usesSyslog, change: .atStart,
            summary: "Write the server's log to the system's log too."),
        Directive(
            "syslog-ident", text: \.logging.syslogIdentity, change: .atStart,
            summary: "Name that lines in the system's log carry."),
        Directive(
            "syslog-facility", word: \.logging.syslogFacility, change: .atStart,
            summary: "Facility that lines in the system's log carry."),
        Directive(
            "slowlog-log-slower-than", integer: \.monitoring.slowLogThreshold, in: -1...Int.max,
            summary: "Microseconds from which on a command is slow; 0 is all, -1 none."),
        Directive(
            "slowlog-max-len", integer: \.monitoring.slowLogCountMax, in: .int63,
            summary: "Slow commands that are remembered."),
        Directive(
            "latency-monitor-threshold", integer: \.monitoring.latencyThreshold, in: .int63,
            summary: "Milliseconds from which on an event is remembered; 0 is none."),
        Directive(
            "latency-tracking", flag: \.monitoring.tracksLatency,
            summary: "Keep a histogram of the duration of each command."),
        percentiles,
    ]

    private static let percentiles = Directive(
        name: "latency-tracking-info-percentiles", aliases: [],
        kind: .special("numbers from 0 to 100"), change: .atRuntime, traits: .multiWord,
        effect: .full, summary: "Percentiles of the duration of commands that INFO shows.",
        place: DirectivePlace(
            read: { ByteString(text($0.monitoring.latencyPercentiles)) },
            write: { settings, words throws(RefusedValue) in
                var values: [Double] = []
                for word in words where !word.isEmpty || words.count > 1 {
                    guard let value = word.withSlice({ $0.double }) else {
                        throw RefusedValue("Invalid latency-tracking-info-percentiles parameters")
                    }
                    guard value >= 0, value <= 100 else {
                        throw RefusedValue(
                            "latency-tracking-info-percentiles parameters should sit between "
                                + "[0.0,100.0]")
                    }
                    values.append(value)
                }
                settings.monitoring.latencyPercentiles = values
            },
            lines: { settings in
                let values = settings.monitoring.latencyPercentiles
                return [ByteString(values.isEmpty ? "\"\"" : text(values))]
            }))

    private static func text(_ percentiles: [Double]) -> String {
        let texts = percentiles.map { value in
            var buffer = ByteBuffer()
            buffer.append(shortest: value)
            return buffer.bytes.text
        }
        return texts.joined(separator: " ")
    }
}
