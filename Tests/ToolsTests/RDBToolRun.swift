import PlatformSimulation
import Tools

/// What `redis-check-rdb`, which is a name of ours, prints about bytes.
struct RDBToolRun {
    let status: Int32
    let lines: [String]

    var isSound: Bool { status == 0 }

    /// - Parameters:
    ///   - path: as it is to be printed.
    ///   - now: Unix milliseconds.
    init(_ bytes: [UInt8], path: String = "/d/dump.rdb", now: Int64 = 0) {
        let world = SimulatedWorld(seed: 1)
        world.clock.jumpWall(microseconds: now * 1000 - world.clock.wallMicroseconds)
        world.process.state.withLock { $0.arguments = ["redis-check-rdb"] }
        world.fileSystem.place(path, bytes)
        status = RDBCheckCommand.run([path], in: world.world)
        let output = world.process.state.withLock { $0.output }
        lines = output.split(separator: "\n").map(String.init)
    }
}
