import Bytes
import Configuration
import Keyspace
import Persistence
import Platform
import PlatformSimulation

@testable import Server

/// A whole server in a simulated world, started as the program does it.
struct SimulatedServer {
    static let port: UInt16 = 6379
    static let directory = "/data"
    /// The databases that clients use.
    static let databaseCount = 2

    let world: SimulatedWorld
    let server: Server
    /// Why it did not start; nil when it serves.
    let refusal: String?

    /// - Parameters:
    ///   - disk: what an earlier life left; nil for an empty one.
    ///   - directives: as on the command line, without the dashes.
    ///   - prepare: called before the first call on the disk.
    init(
        seed: UInt64, on disk: SimulatedFileSystem? = nil, directives: [[String]],
        wrapping wrap: (SimulatedFileSystem) -> any FileSystem = { $0 },
        prepare: (SimulatedWorld) -> Void = { _ in }
    ) throws {
        world = SimulatedWorld(seed: seed, fileSystem: disk)
        if disk == nil { world.fileSystem.place("\(Self.directory)/keep", []) }
        let words = directives.flatMap { ["--" + $0[0]] + $0.dropFirst() }
        let loaded = try ConfigurationReader.load(
            ServerArguments(words.map { ByteString($0) }), from: .nothing)
        var configuration = ServerConfiguration(loaded, file: nil)
        configuration.settings.storage.directory = Self.directory
        prepare(world)
        var doors = world.world
        doors.fileSystem = wrap(world.fileSystem)
        let log = ServerLog(doors, configuration.settings.logging)
        server = try Server(doors, configuration: configuration, log: log)
        do throws(StartupFailure) {
            try server.start()
            refusal = nil
        } catch {
            refusal = world.process.state.withLock { $0.output }
        }
    }

    /// What the server's own log says.
    var output: String { world.process.state.withLock { $0.output } }

    /// The values by their keys, of each database.
    var contents: [[String: FoundValue]] {
        (0..<server.keyspace.databaseCount).map { index in
            var values: [String: FoundValue] = [:]
            server.keyspace[index].forEach { entry in
                values[entry.key.text] = FoundValue(entry)
            }
            return values
        }
    }
}

extension ConfigurationSources {
    /// No files at all.
    fileprivate static var nothing: ConfigurationSources {
        ConfigurationSources(
            read: { _ throws(Failure) in throw Failure("not here") },
            readStandardInput: { () throws(Failure) in throw Failure("not here") },
            files: { _ in [] }, enterDirectory: { _ throws(Failure) in }, isCommand: { _ in true })
    }
}
