import Bytes
import Configuration
import Persistence
import Platform

/// The program `ledgerstone-check-aof`: says of an append-only file, or of all files of a manifest,
/// whether they are sound, and cuts the last one when asked to.
///
/// Without `--fix` or `--truncate-to-timestamp` it changes nothing. What is cut is kept beside the
/// file. Status 0 is sound, fixed or empty; 1 is everything else.
public struct AOFCheckCommand {
    private enum Mode: Equatable { case check, fix, truncate(to: Int64) }

    /// Ends the examination; the reason is printed.
    private struct Stop: Error {}

    private static let name = "ledgerstone-check-aof"

    private let world: World
    private let mode: Mode
    private var check: AOFCheck

    public static func main() -> Never {
        let world = World.kernel()
        world.process.exit(run(Array(world.process.arguments.dropFirst()), in: world))
    }

    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit status.
    public static func run(_ arguments: [String], in world: World) -> Int32 {
        let process = world.process
        if arguments == ["-v"] || arguments == ["--version"] {
            process.writeStandardOutput("\(name) \(ProductVersion.ledgerstone)\n")
            return 0
        }
        let mode: Mode
        switch (arguments.count, arguments.first) {
        case (1, let path?) where !path.hasPrefix("--"): mode = .check
        case (2, "--fix"): mode = .fix
        case (3, "--truncate-to-timestamp"):
            guard let second = Int64(arguments[1]), second >= 0 else {
                process.writeStandardOutput("Invalid timestamp, aborting...\n")
                return 1
            }
            mode = .truncate(to: second)
        default:
            process.writeStandardOutput(
                "Usage: \(name) [--fix|--truncate-to-timestamp $timestamp] "
                    + "<file.manifest|file.aof>\n")
            return 1
        }
        var command = AOFCheckCommand(world, mode)
        do throws(Stop) {
            try command.examine(arguments[arguments.count - 1])
            return 0
        } catch {
            return 1
        }
    }

    private init(_ world: World, _ mode: Mode) {
        self.world = world
        self.mode = mode
        let process = world.process
        var second: Int64?
        if case .truncate(let asked) = mode { second = asked }
        check = AOFCheck(truncatingTo: second) { process.writeStandardOutput($0 + "\n") }
    }

    private func print(_ line: String) { world.process.writeStandardOutput(line + "\n") }

    private mutating func examine(_ path: String) throws(Stop) {
        let content = try map(path, suffix: "")
        if let manifest = try readManifest(content.bytes) {
            return try examine(manifest, in: FilePath.directory(of: path))
        }
        print("Start checking Old-Style AOF")
        try examineFile(
            path, content, shown: path, kind: "AOF",
            sequence: sequence(of: FilePath.name(of: path)), isLast: true)
    }

    /// The number in the name of an increment.
    private func sequence(of name: String) -> Int64? {
        let parts = name.split(separator: ".")
        guard parts.count >= 4, name.hasSuffix(".incr.aof") else { return nil }
        return Int64(parts[parts.count - 3])
    }

    /// The manifest that a file is, nothing when it is something else.
    private func readManifest(_ text: ByteSlice) throws(Stop) -> Manifest? {
        var start = 0
        var hasFiles = false
        while start < text.count {
            let end = text.firstIndex(of: 0x0a, from: start) ?? text.count
            let line = text[start..<end]
            start = end + 1
            if line.first == UInt8(ascii: "#") { continue }
            guard line.hasPrefix(ByteSlice("file")) else { break }
            hasFiles = true
        }
        guard hasFiles else { return nil }
        do throws(ManifestError) {
            return try Manifest(text: text)
        } catch {
            for line in error.logLines where !line.isEmpty { print(line) }
            throw Stop()
        }
    }

    private mutating func examine(_ manifest: Manifest, in directory: String) throws(Stop) {
        print("Start checking Multi Part AOF")
        let entries = manifest.loadedEntries
        for (index, entry) in entries.enumerated() {
            let path = FilePath.join(directory, entry.name)
            let shownPath = directory == "." ? "./\(entry.name)" : path
            let content = try map(path, shown: shownPath, suffix: ", aborting...")
            if entry.kind == .base {
                let isRDB = RDBReader.begins(content.bytes)
                print("Start to check BASE AOF (\(isRDB ? "RDB" : "RESP") format).")
            } else if index == 0 || entries[index - 1].kind == .base {
                print("Start to check INCR files.")
            }
            try examineFile(
                path, content, shown: entry.name,
                kind: entry.kind == .base ? "BASE AOF" : "INCR AOF",
                sequence: entry.kind == .base ? nil : entry.sequence,
                isLast: index == entries.count - 1)
        }
        print("All AOF files and manifest are valid")
    }

    private func map(
        _ path: String, shown: String? = nil, suffix: String
    ) throws(Stop) -> any MappedFile {
        do throws(IOError) {
            return try world.fileSystem.map(path)
        } catch {
            print("Cannot open file \(shown ?? path): \(error.message)\(suffix)")
            throw Stop()
        }
    }

    private mutating func examineFile(
        _ path: String, _ content: any MappedFile, shown: String, kind: String,
        sequence: Int64?, isLast: Bool
    ) throws(Stop) {
        let bytes = content.bytes
        guard !bytes.isEmpty else { return print("\(kind) \(shown) is empty") }
        var headSize = 0
        if RDBReader.begins(bytes), bytes.count >= 8 {
            let size = RDBCheck.run(
                bytes, path: shown, now: world.clock.wallMilliseconds, print: print)
            guard let size else {
                print("RDB preamble of AOF file is not sane, aborting.")
                throw Stop()
            }
            print("RDB preamble is OK, proceeding with AOF tail...")
            headSize = size
        }
        let found = check.examine(bytes, from: headSize, name: shown, sequence: sequence)
        if case .truncate(let second) = mode {
            try truncate(path, found, to: second, shown: shown, headSize, isLast: isLast)
            if found.cutForTime == nil { print("\(kind) \(shown) is valid") }
            return
        }
        if found.isValid { return print("\(kind) \(shown) is valid") }
        guard mode == .fix else {
            print("AOF \(shown) is not valid. Use the --fix option to try fixing it.")
            throw Stop()
        }
        try fix(path, found, shown: shown, isLast: isLast)
    }

    private func fix(
        _ path: String, _ found: AOFCheck.Findings, shown: String, isLast: Bool
    ) throws(Stop) {
        guard isLast else {
            print("Failed to truncate AOF \(shown) because it is not the last file")
            throw Stop()
        }
        print(
            "This will shrink the AOF \(shown) from \(found.size) bytes, with "
                + "\(found.size - found.validSize) bytes, to \(found.validSize) bytes")
        world.process.writeStandardOutput("Continue? [y/N]: ")
        let answer = try? world.process.readStandardInputLine()
        guard let first = answer?.array.first, first.asciiLowercased == UInt8(ascii: "y") else {
            print("Aborting...")
            throw Stop()
        }
        try cut(path, to: found.validSize, shown)
        print("Successfully truncated AOF \(shown)")
    }

    private func truncate(
        _ path: String, _ found: AOFCheck.Findings, to second: Int64, shown: String,
        _ headSize: Int, isLast: Bool
    ) throws(Stop) {
        if found.hasInvalidTime { throw Stop() }
        guard let size = found.cutForTime else {
            guard found.isValid else {
                print("AOF \(shown) is not valid. Use the --fix option to try fixing it.")
                throw Stop()
            }
            return print("Truncate nothing in AOF \(shown) to timestamp \(second)")
        }
        guard isLast else {
            print(
                "Failed to truncate AOF \(path) to timestamp \(second) to offset \(size) because "
                    + "it is not the last file.")
            print(
                "If you insist, please delete all files after this file according to the manifest "
                    + "file and delete the corresponding records in manifest file manually. Then "
                    + "re-run \(Self.name).")
            throw Stop()
        }
        guard size > headSize || headSize > 0 else {
            print("AOF \(shown) has nothing before timestamp \(second), aborting...")
            throw Stop()
        }
        try cut(path, to: size, shown)
        print("Successfully truncated AOF \(shown) to timestamp \(second)")
    }

    /// Cuts a file, after what is cut off has been copied beside it.
    private func cut(_ path: String, to size: Int, _ shown: String) throws(Stop) {
        do throws(IOError) {
            try LogPlan.cut(
                path, to: size, world.fileSystem, at: world.clock.wallSeconds)
        } catch {
            print("Failed to truncate AOF \(shown) to offset \(size): \(error.message)")
            throw Stop()
        }
    }
}
