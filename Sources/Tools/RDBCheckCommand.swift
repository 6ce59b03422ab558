import Bytes
import Configuration
import Persistence
import Platform

/// The program `ledgerstone-check-rdb`: says of a file whether it is a sound RDB file.
///
/// It changes nothing. Status 0 is sound; 1 is everything else, also a file that cannot be opened.
public enum RDBCheckCommand {
    private static let name = "ledgerstone-check-rdb"

    public static func main() -> Never {
        let world = World.kernel()
        world.process.exit(run(Array(world.process.arguments.dropFirst()), in: world))
    }

    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status.
    public static func run(_ arguments: [String], in world: World) -> Int32 {
        let process = world.process
        guard arguments.count == 1, let path = arguments.first else {
            return usage(process)
        }
        if path == "-v" || path == "--version" {
            process.writeStandardOutput("\(name) \(ProductVersion.ledgerstone)\n")
            return 0
        }
        if path.hasPrefix("--") { return usage(process) }
        let file: any MappedFile
        do throws(IOError) {
            file = try world.fileSystem.map(path)
        } catch {
            process.writeStandardOutput("[offset 0] Checking RDB file \(path)\n")
            process.writeStandardError("Cannot open file \(path): \(error.message)\n")
            return 1
        }
        file.advise(.sequential, from: 0, count: file.bytes.count)
        let size = RDBCheck.run(file.bytes, path: path, now: world.clock.wallMilliseconds) {
            process.writeStandardOutput($0 + "\n")
        }
        return size == nil ? 1 : 0
    }

    private static func usage(_ process: any Process) -> Int32 {
        process.writeStandardError("Usage: \(name) <rdb-file-name>\n")
        return 1
    }
}
