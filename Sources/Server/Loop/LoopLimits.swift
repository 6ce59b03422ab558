import Configuration

/// What the loop looks at for every request, kept flat beside the settings.
struct LoopLimits {
    /// `client-query-buffer-limit`, bytes.
    var queryBuffer = 1 << 30
    /// `proto-max-bulk-len`, bytes.
    var bulkCount: Int64 = 512 << 20
    var output = OutputBufferLimit(hard: 0, soft: 0, softSeconds: 0)
    /// The same for clients with subscriptions.
    var pubSubOutput = OutputBufferLimit(hard: 0, soft: 0, softSeconds: 0)
    /// Ticks from which on a command is slow, for the slow log or the latency monitor.
    var slowTicks = UInt64.max
    /// Ticks of a turn that clients share; without end where the clock is simulated.
    var turnTicks = UInt64.max
    /// This thread's balance of allocation up to which memory is certainly below `maxmemory`.
    var memoryBalance = Int.max
    /// `latency-tracking`
    var tracksLatency = true
    /// `busy-reply-threshold`: whether scripts that take long let other clients be answered.
    var interruptsScripts = true
}
