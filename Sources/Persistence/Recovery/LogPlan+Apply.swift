import Bytes
import Configuration
import Platform

extension LogPlan {
    /// Puts the disk in order, after everything was loaded; `AppendLog` goes on with the result.
    ///
    /// What is cut is first copied beside the file, durably, as `<file>.cut-<seconds since 1970>`.
    /// Each step can be repeated after a crash, or after an error.
    ///
    /// - Parameter seconds: since 1970; the same when it is repeated.
    public func apply(
        _ fileSystem: any FileSystem, _ settings: RecoverySettings, at seconds: Int64,
        notify: Notify
    ) throws(IOError) -> RecoveredLog {
        for file in files where file.validSize < file.size {
            try Self.cut(file.path, to: file.validSize, fileSystem, at: seconds)
        }
        let recovered = recovered(settings)
        guard isManifestChanged else { return recovered }
        var logFiles = LogFiles(
            fileSystem, directory: settings.logDirectory, names: settings.names,
            manifest: Manifest(), sizes: [:])
        try logFiles.prepareDirectory()
        try logFiles.persist(manifest)
        if let adopted, let name = manifest.base?.name {
            try fileSystem.rename(adopted, to: logFiles.path(name))
            try fileSystem.synchronizeDirectory(settings.logDirectory)
            try fileSystem.synchronizeDirectory(settings.directory)
            notify(
                Notice(
                    .notice,
                    "Successfully migrated an old-style AOF file (\(name)) into the AOF directory "
                        + "(\(settings.log.directoryName))."))
        }
        return recovered
    }

    /// Makes bytes that are to go from a file durable beside it.
    public static func keep(
        _ bytes: ByteSlice, of path: String, _ fileSystem: any FileSystem, at seconds: Int64
    ) throws(IOError) {
        var aside = "\(path).cut-\(seconds)"
        while let status = try fileSystem.status(of: aside) {
            // What an attempt before this one has kept serves.
            if status.size == UInt64(bytes.count), try holds(aside, bytes, fileSystem) { break }
            aside += "+"
        }
        try fileSystem.replaceFile(at: aside, with: bytes)
    }

    private static func holds(
        _ path: String, _ bytes: ByteSlice, _ fileSystem: any FileSystem
    ) throws(IOError) -> Bool {
        let content = try fileSystem.map(path)
        return content.bytes == bytes
    }

    /// What the log goes on with once the plan is applied.
    public func recovered(_ settings: RecoverySettings) -> RecoveredLog {
        var recovered = RecoveredLog(directory: settings.logDirectory)
        recovered.manifest = manifest
        recovered.end = end
        recovered.lastChecksum = lastChecksum
        for file in files { recovered.sizes[file.name] = UInt64(file.validSize) }
        return recovered
    }

    /// Cuts a file back, after what is cut off was made durable beside it.
    public static func cut(
        _ path: String, to size: Int, _ fileSystem: any FileSystem, at seconds: Int64
    ) throws(IOError) {
        let content = try fileSystem.map(path)
        precondition(size <= content.bytes.count)
        guard size < content.bytes.count else { return }
        try keep(content.bytes[size...], of: path, fileSystem, at: seconds)
        let target = try fileSystem.open(path, .readWrite)
        defer { target.close() }
        try target.truncate(to: UInt64(size))
        try target.synchronize()
    }
}
