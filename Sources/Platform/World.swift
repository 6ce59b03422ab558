/// Everything a program needs from outside, handed in at construction.
///
/// `World.kernel()` is the real one; `SimulatedWorld` offers the same doors in memory.
public struct World: Sendable {
    public var fileSystem: any FileSystem
    public var network: any Network
    public var clock: any Clock
    public var threads: any Threads
    public var entropy: any Entropy
    public var process: any Process
    public var makePolling: @Sendable () throws(IOError) -> any Polling

    public init(
        fileSystem: any FileSystem, network: any Network, clock: any Clock,
        threads: any Threads, entropy: any Entropy, process: any Process,
        makePolling: @escaping @Sendable () throws(IOError) -> any Polling
    ) {
        self.fileSystem = fileSystem
        self.network = network
        self.clock = clock
        self.threads = threads
        self.entropy = entropy
        self.process = process
        self.makePolling = makePolling
    }
}
