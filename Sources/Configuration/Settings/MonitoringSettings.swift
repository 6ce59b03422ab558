/// What is measured and remembered about the work done.
public struct MonitoringSettings: Sendable {
    /// Microseconds from which on a command is remembered; 0 is every command, -1 none.
    public var slowLogThreshold = 10000
    public var slowLogCountMax = 128
    /// Milliseconds from which on an event is remembered; 0 is none.
    public var latencyThreshold = 0
    public var tracksLatency = true
    public var latencyPercentiles = [50, 99, 99.9]
}
