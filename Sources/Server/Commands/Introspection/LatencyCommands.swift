import Bytes
import Commands
import Configuration
import RESP

/// LATENCY: what took long, and how long commands take.
enum LatencyCommands {
    static let latency = SessionCommand(
        CommandDeclaration(
            "latency", arity: -2, [],
            docs: CommandDocs(
                "Holds the commands about latency.", complexity: "Depends on subcommand.",
                since: "2.8.13", group: .server)),
        subcommands: [doctor, graph, histogram, history, latest, reset, help])

    private static let readingTips: [StaticString] = [
        "nondeterministic_output", "request_policy:all_nodes", "response_policy:special",
    ]

    private static func declaration(
        _ name: StaticString, arity: Int, tips: [StaticString] = readingTips,
        complexity: StaticString = "O(1)", since: StaticString = "2.8.13",
        _ summary: StaticString, arguments: [ArgumentDocs] = []
    ) -> CommandDeclaration {
        CommandDeclaration(
            name, of: "latency", arity: arity, [.admin, .noScript, .loading, .stale], tips: tips,
            docs: CommandDocs(
                summary, complexity: complexity, since: since, group: .server,
                arguments: arguments))
    }

    private static let latest = SessionCommand(
        declaration("latest", arity: 2, "Returns the last sample of each event.")
    ) { _, session throws(CommandError) in
        let events = session.server.latency.events.sorted { $0.key < $1.key }
        session.replies.array(events.count)
        for (name, event) in events {
            session.replies.array(4)
            session.replies.bulk(name)
            session.replies.integer(event.samples.last?.time ?? 0)
            session.replies.integer(event.samples.last?.milliseconds ?? 0)
            session.replies.integer(event.worst)
        }
    }

    private static let history = SessionCommand(
        declaration(
            "history", arity: 3, "Returns the samples of an event.",
            arguments: [.string("event")])
    ) { arguments, session throws(CommandError) in
        let samples = session.server.latency.events[arguments[2].text]?.samples ?? []
        session.replies.array(samples.count)
        for sample in samples {
            session.replies.array(2)
            session.replies.integer(sample.time)
            session.replies.integer(sample.milliseconds)
        }
    }

    private static let reset = SessionCommand(
        declaration(
            "reset", arity: -2,
            tips: ["request_policy:all_nodes", "response_policy:all_succeeded"],
            "Forgets the samples of some events, or of all.",
            arguments: [.string("event", [.optional, .multiple])])
    ) { arguments, session throws(CommandError) in
        let names = (2..<arguments.count).map { arguments[$0].text }
        session.replies.integer(session.server.latency.reset(names))
    }

    private static let graph = SessionCommand(
        declaration(
            "graph", arity: 3, "Returns a drawing of the samples of an event.",
            arguments: [.string("event")])
    ) { arguments, session throws(CommandError) in
        let name = arguments[2].text
        guard let event = session.server.latency.events[name] else {
            throw .quoting("ERR No samples available for event '", arguments[2], "'")
        }
        let text = LatencyGraph.draw(event, named: name, now: session.server.clock.wallSeconds)
        text.withSlice { session.replies.verbatim($0) }
    }

    private static let doctor = SessionCommand(
        declaration("doctor", arity: 2, "Returns what the samples mean, in words.")
    ) { _, session throws(CommandError) in
        let monitoring = session.server.configuration.settings.monitoring
        let advice = LatencyAdvice(
            events: session.server.latency.events,
            thresholdMilliseconds: monitoring.latencyThreshold,
            slowLogMicroseconds: monitoring.slowLogThreshold)
        advice.text.withSlice { session.replies.verbatim($0) }
    }

    private static let histogram = SessionCommand(
        declaration(
            "histogram", arity: -2,
            complexity: """
                O(N) where N is the number of commands with latency information being retrieved.
                """,
            since: "7.0.0", "Returns how the durations of commands are distributed.",
            arguments: [.string("command", [.optional, .multiple])])
    ) { arguments, session throws(CommandError) in
        let table = session.server.table
        var numbers: [CommandNumber] = []
        if arguments.count == 2 {
            numbers = table.commands.map { $0.value.number }
        } else {
            for index in 2..<arguments.count {
                guard let command = table.find(path: arguments[index]) else { continue }
                numbers.append(command.value.number)
                numbers += command.value.subcommands
            }
        }
        let used = numbers.filter { table[$0].value.statistics.histogram.count > 0 }
        session.replies.map(used.count)
        for number in used {
            session.replies.bulk(table[number].value.fullName)
            write(
                table[number].value.statistics.histogram,
                ticksPerMicrosecond: session.server.clock.ticksPerMicrosecond, session.replies)
        }
    }

    private static func write(
        _ histogram: LatencyHistogram, ticksPerMicrosecond: Double, _ replies: ReplyWriter
    ) {
        replies.map(2)
        replies.bulk("calls")
        replies.integer(Int64(histogram.count))
        replies.bulk("histogram_usec")
        let steps = histogram.steps(ticksPerMicrosecond: ticksPerMicrosecond)
        replies.map(steps.count)
        for step in steps {
            replies.integer(step.microseconds)
            replies.integer(Int64(step.count))
        }
    }

    private static let help = SessionCommand(
        CommandDeclaration(
            "help", of: "latency", arity: 2, [.loading, .stale],
            docs: CommandDocs(
                "Lists the subcommands and what they do.", complexity: "O(1)", since: "2.8.13",
                group: .server))
    ) { _, session throws(CommandError) in
        session.replies.help(
            of: "LATENCY",
            [
                "DOCTOR",
                "    What the samples mean, in words.",
                "GRAPH <event>",
                "    A drawing of the samples of an event.",
                "HISTOGRAM [<command> ...]",
                "    How the durations of these commands, or of all, are distributed.",
                "HISTORY <event>",
                "    The samples of an event: time and milliseconds.",
                "LATEST",
                "    The last sample of each event, and the worst of all time.",
                "RESET [<event> ...]",
                "    Forget the samples of these events, or of all.",
            ])
    }
}
