import Bytes
import Commands
import Configuration
import Keyspace
import Platform
import Structures

/// The program `ledgerstone-server`: from the command line to the end of the loop.
public enum ServerProgram {
    /// Runs the server in a world.
    ///
    /// - Parameter arguments: the command line without the program's name.
    /// - Returns: the exit status.
    public static func run(_ arguments: [ByteString], in world: World) -> Int32 {
        switch ServerArguments.parse(arguments) {
        case .version:
            world.process.writeStandardOutput(
                "Ledgerstone server v=\(ProductVersion.ledgerstone) redis=\(ProductVersion.redis) "
                    + "malloc=jemalloc bits=64\n")
            return 0
        case .help:
            world.process.writeStandardOutput(usage)
            return 0
        case .checkSystem:
            world.process.writeStandardError("--check-system is not supported by Ledgerstone.\n")
            return 1
        case .testMemory:
            world.process.writeStandardError(
                "--test-memory is not supported by Ledgerstone; use a memory tester.\n")
            return 1
        case .serve(let arguments):
            return serve(arguments, in: world)
        }
    }

    private static let usage = """
        Usage: ledgerstone-server [/path/to/redis.conf] [options] [-]
               ledgerstone-server - (read the configuration from standard input)
               ledgerstone-server -v or --version
               ledgerstone-server -h or --help

        Each option is a directive with its values and wins over the file. Examples:
               ledgerstone-server --port 7777 --appendonly yes
               ledgerstone-server /etc/redis/redis.conf --loglevel verbose -
               ledgerstone-server --save 900 1 --save 300 10

        """

    private static func serve(_ arguments: ServerArguments, in world: World) -> Int32 {
        let started = world.fileSystem.absolutePath(of: arguments.file?.text)
        let loaded: LoadedConfiguration
        do throws(ConfigurationError) {
            loaded = try ConfigurationReader.load(arguments, from: world.configurationSources)
        } catch {
            world.process.writeStandardError(error.message(version: ProductVersion.redis))
            return 1
        }
        var configuration = ServerConfiguration(loaded, file: started)
        let log = ServerLog(world, configuration.settings.logging)
        do throws(IOError) {
            if configuration.settings.process.isDaemon { try world.process.daemonize() }
            configuration.settings.storage.directory = try world.fileSystem.workingDirectory()
            // Here and not in `Server`: a test may run several servers in one process, and a
            // table whose keys were hashed with other secrets finds nothing.
            KeyHash.seed(world.entropy.seed(), world.entropy.seed())
            let server = try Server(world, configuration: configuration, log: log)
            try? server.start()
            if !server.isStopping { server.run() }
            return server.exitStatus
        } catch {
            log.warning("Cannot start: \(error)")
            return 1
        }
    }
}

extension FileSystem {
    /// The absolute path of a file that was named on the command line.
    fileprivate func absolutePath(of path: String?) -> String? {
        guard let path, let directory = try? workingDirectory() else { return path }
        return FilePath.join(directory, path)
    }
}

extension World {
    /// What the reader of configurations needs.
    fileprivate var configurationSources: ConfigurationSources {
        let table = CommandTable(CommandCatalogue.all, SessionCommands.all)
        let commands = Set(table.allNames)
        return ConfigurationSources(
            read: { path throws(ConfigurationSources.Failure) in
                do throws(IOError) {
                    return try fileSystem.contents(of: path)
                } catch {
                    throw ConfigurationSources.Failure(error.message)
                }
            },
            readStandardInput: { () throws(ConfigurationSources.Failure) in
                do throws(IOError) {
                    return try process.readStandardInput()
                } catch {
                    throw ConfigurationSources.Failure(error.message)
                }
            },
            files: { pattern in matches(of: pattern) },
            enterDirectory: { path throws(ConfigurationSources.Failure) in
                do throws(IOError) {
                    try fileSystem.changeWorkingDirectory(path)
                } catch {
                    throw ConfigurationSources.Failure(error.message)
                }
            },
            isCommand: { commands.contains($0) },
            userRefusal: {
                AccessRules.refusal(
                    of: $0, AccessRuleContext(table: table, allowsAllChannels: false))
            })
    }

    /// The files that a pattern of an `include` line matches, in order; wildcards in the last
    /// component only.
    private func matches(of pattern: String) -> [String] {
        let directory = FilePath.directory(of: pattern)
        let name = ByteString(FilePath.name(of: pattern))
        let names = (try? fileSystem.names(in: directory)) ?? []
        return names.filter { candidate in
            name.withSlice { pattern in
                candidate.withSlice { Glob.matches($0, pattern, ignoringCase: false) }
            }
        }.map { FilePath.join(directory, $0) }
    }
}
