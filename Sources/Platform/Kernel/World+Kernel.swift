extension World {
    /// The real world. Each call makes a new value; make one at the start of the program.
    public static func kernel() -> World {
        World(
            fileSystem: KernelFileSystem(), network: KernelNetwork(), clock: KernelClock(),
            threads: KernelThreads(), entropy: KernelEntropy(), process: KernelProcess(),
            makePolling: { () throws(IOError) in try EpollPolling() })
    }
}
