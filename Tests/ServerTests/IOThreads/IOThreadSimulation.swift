import Platform
import PlatformSimulation

@testable import Server

extension SimulatedServer {
    /// Gives the server threads that already two clients keep busy, and that do some of their work
    /// at once when they are woken, as the seed decides.
    func startIOThreads(_ count: Int, seed: UInt64) {
        world.threads.letRunWhenWoken(named: IOThreads.namePrefix, seed: seed)
        let share = IOThreads.Share(reads: 1, writes: 1)
        server.ioThreads = IOThreads(count, isReading: true, share: share, world.world)
    }
}
