import Platform

/// A world in memory that one seed determines.
public final class SimulatedWorld {
    public let fileSystem: SimulatedFileSystem
    public let network: SimulatedNetwork
    public let clock: SimulatedClock
    public let threads: SimulatedThreads
    public let entropy: SimulatedEntropy
    public let process: SimulatedProcess
    /// The poller that the program gets, however often it asks.
    public let polling: SimulatedPolling
    /// For the choices of the test; the program's own come from `entropy`.
    public var random: SeededRandom

    /// - Parameter fileSystem: what an earlier world left behind; nil for an empty disk.
    public init(seed: UInt64, fileSystem: SimulatedFileSystem? = nil) {
        random = SeededRandom(seed: seed)
        clock = fileSystem?.clock ?? SimulatedClock()
        self.fileSystem = fileSystem ?? SimulatedFileSystem(clock: clock)
        network = SimulatedNetwork()
        polling = SimulatedPolling(of: network)
        threads = SimulatedThreads(clock: clock)
        entropy = SimulatedEntropy(seed: random.next())
        process = SimulatedProcess()
    }

    /// The doors to hand in.
    public var world: World {
        let polling = polling
        return World(
            fileSystem: fileSystem, network: network, clock: clock, threads: threads,
            entropy: entropy, process: process,
            makePolling: { () throws(IOError) in polling })
    }
}
