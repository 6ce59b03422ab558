import Bytes
import Configuration
import Persistence
import Platform

/// What a path given to the tool turns out to be.
enum AOFSource {
    /// A manifest and the directory of its files.
    case set(Manifest, path: String)
    case file(path: String, any MappedFile)

    var path: String {
        switch self {
        case .set(_, let path): path
        case .file(let path, _): path
        }
    }

    /// Finds out, by the content.
    ///
    /// Of a directory, the manifest in it or in the `appendonlydir` in it, or else the one file of
    /// an old-style log.
    static func open(
        _ path: String, _ fileSystem: any FileSystem, _ print: (String) -> Void
    ) throws(ToolFailure) -> AOFSource {
        let path = try logPath(path, fileSystem)
        let content: any MappedFile
        do throws(IOError) {
            content = try fileSystem.map(path)
        } catch {
            print("Cannot open file \(path): \(error.message)")
            throw .told
        }
        guard looksLikeManifest(content.bytes) else { return .file(path: path, content) }
        do throws(ManifestError) {
            return .set(try Manifest(text: content.bytes), path: path)
        } catch {
            for line in error.logLines where !line.isEmpty { print(line) }
            throw .told
        }
    }

    private static func logPath(
        _ path: String, _ fileSystem: any FileSystem
    ) throws(ToolFailure) -> String {
        guard let status = try? fileSystem.status(of: path), status.isDirectory else {
            return path
        }
        let settings = AppendOnlySettings()
        for directory in [path, FilePath.join(path, settings.directoryName)] {
            guard (try? fileSystem.status(of: directory))?.isDirectory == true else { continue }
            let names = try ToolFailure.translating { () throws(IOError) in
                try fileSystem.names(in: directory)
            }
            let manifests = names.filter { $0.hasSuffix(".manifest") && !$0.hasPrefix("temp-") }
            guard manifests.count <= 1 else {
                throw .refused(
                    "\(directory) holds \(manifests.count) manifests; name the one to check")
            }
            if let name = manifests.first { return FilePath.join(directory, name) }
            if names.contains(settings.filename) {
                return FilePath.join(directory, settings.filename)
            }
        }
        throw .refused("\(path) holds no append-only log: no manifest and no \(settings.filename)")
    }

    /// Whether every line up to the first that names no file is a comment.
    private static func looksLikeManifest(_ text: ByteSlice) -> Bool {
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
        return hasFiles
    }
}

extension AOFSource {
    /// The number in the name of an increment.
    static func sequence(of name: String) -> Int64? {
        let parts = name.split(separator: ".")
        guard parts.count >= 4, name.hasSuffix(".incr.aof") else { return nil }
        return Int64(parts[parts.count - 3])
    }

    /// The log offset at which an increment begins, if its first line tells.
    static func start(of bytes: ByteSlice) -> LogOffset? {
        guard bytes.count >= BatchLine.size, let line = BatchLine(bytes[..<BatchLine.size]),
            line.size == 0
        else { return nil }
        return line.end
    }

    /// The settings of a server whose log the manifest lists.
    static func settings(ofManifest path: String) -> RecoverySettings {
        var log = AppendOnlySettings()
        log.isEnabled = true
        log.directoryName = FilePath.directory(of: path)
        let name = FilePath.name(of: path)
        if name.hasSuffix(".manifest") { log.filename = String(name.dropLast(".manifest".count)) }
        // No other data of the server counts here.
        return RecoverySettings(log: log, directory: "", dumpName: "", verifiesDumps: true)
    }
}
