/// Commands that tell what the server is and does.
enum IntrospectionCommands {
    static let all =
        [
            CommandCommands.command, SlowLogCommands.slowlog, LatencyCommands.latency,
            MemoryCommands.memory,
        ] + ServerFactsCommands.all
}
