import Bytes
import Configuration
import Keyspace

// Sections whose lines come from lists: commands, errors, databases, listeners.
extension InfoSection {
    static let appendListeners: @Sendable (InfoMoment, inout ByteBuffer) -> Void = { moment, text in
        let network = moment.settings.network
        // A kind has the same number whether there are others or not.
        for (number, kind) in Listener.Kind.allCases.enumerated() {
            guard let listener = moment.server.listeners.first(where: { $0.kind == kind }) else {
                continue
            }
            text.append(text: "listener\(number):name=\(kind.rawValue)")
            if let path = listener.path {
                text.append(text: ",bind=\(path)\r\n")
            } else {
                for address in network.bind { text.append(text: ",bind=\(address)") }
                text.append(text: ",port=\(moment.server.port(of: kind))\r\n")
            }
        }
    }

    static let appendCommands: @Sendable (InfoMoment, inout ByteBuffer) -> Void = { moment, text in
        for command in moment.server.table.commands {
            let counted = command.value.statistics
            guard counted.calls + counted.rejected + counted.failed > 0 else { continue }
            let microseconds = moment.server.clock.microseconds(ofTicks: counted.ticks)
            let each = FixedDecimal(
                value: counted.calls == 0 ? 0 : Double(microseconds) / Double(counted.calls))
            text.append(
                text: "cmdstat_\(command.value.fullName):calls=\(counted.calls),"
                    + "usec=\(microseconds),usec_per_call=\(each.text),"
                    + "rejected_calls=\(counted.rejected),failed_calls=\(counted.failed)\r\n")
        }
    }

    static let appendErrors: @Sendable (InfoMoment, inout ByteBuffer) -> Void = { moment, text in
        for (word, count) in moment.statistics.errors.sorted(by: { $0.key < $1.key }) {
            text.append("errorstat_")
            text.append(word)
            text.append(text: ":count=\(count)\r\n")
        }
    }

    static let appendDatabases: @Sendable (InfoMoment, inout ByteBuffer) -> Void = { moment, text in
        let keyspace = moment.server.keyspace
        for index in 0..<keyspace.databaseCount {
            let database = keyspace[index]
            guard database.count > 0 else { continue }
            text.append(
                text: "db\(index):keys=\(database.count),expires=\(database.countWithDeadline),"
                    + "avg_ttl=\(database.averageTimeToLive),"
                    + "subexpiry=\(database.countWithFieldDeadlines)\r\n")
        }
    }

    /// The percentiles of `latency-tracking-info-percentiles`, for each command that was called.
    static let appendLatencies: @Sendable (InfoMoment, inout ByteBuffer) -> Void = { moment, text in
        let percentiles = moment.settings.monitoring.latencyPercentiles
        let ticksPerMicrosecond = moment.server.clock.ticksPerMicrosecond
        guard moment.settings.monitoring.tracksLatency else { return }
        for command in moment.server.table.commands
        where command.value.statistics.histogram.count > 0 {
            text.append(text: "latency_percentiles_usec_\(command.value.fullName):")
            for (index, percent) in percentiles.enumerated() {
                let ticks = command.value.statistics.histogram.percentile(percent)
                let value = FixedDecimal(value: ticks / ticksPerMicrosecond, places: 3)
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text.append(UInt8(ascii: "p"))
                text.append(shortest: percent)
                text.append(UInt8(ascii: "="))
                value.append(to: &text)
            }
            text.append("\r\n")
        }
    }
}
