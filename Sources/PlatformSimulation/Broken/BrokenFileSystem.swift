import Bytes
import Platform

/// A promise of the file system, or a step of whoever uses it, that is left out on purpose.
public enum Breakage: Sendable, Equatable {
    /// A directory is never made durable.
    case forgetsDirectories
    /// The data of files whose path contains this is never made durable.
    case forgetsData(of: String)
    /// A rename copies the bytes into the file that is there, and is no single step.
    case renamesByCopying
    /// A failed synchronization is reported as a success.
    case hidesFailedSynchronization
    /// What is written to files whose path contains this is written twice.
    case writesTwice(to: String)
    /// A write that took a part says that it took everything.
    case hidesShortWrites
    /// Files are not cut.
    case ignoresTruncation
    /// The last increment is listed as history in files whose path contains this.
    case forgetsIncrement(in: String)
}

/// A file system that breaks one promise, for canaries: tests that expect the simulation to notice.
///
/// It stands between the program and the simulated disk, so that it looks as if the program had
/// left out the step.
public final class BrokenFileSystem: FileSystem {
    private let real: any FileSystem
    private let breakage: Breakage

    public init(_ real: any FileSystem, _ breakage: Breakage) {
        self.real = real
        self.breakage = breakage
    }

    public func synchronizeDirectory(_ path: String) throws(IOError) {
        if breakage == .forgetsDirectories { return }
        try real.synchronizeDirectory(path)
    }

    public func open(
        _ path: String, _ access: FileAccess, permissions: UInt16
    ) throws(IOError) -> any File {
        BrokenFile(try real.open(path, access, permissions: permissions), breakage)
    }

    public func rename(_ path: String, to target: String) throws(IOError) {
        guard breakage == .renamesByCopying else { return try real.rename(path, to: target) }
        let content = try real.contents(of: path)
        let file = try real.open(target, .replace)
        defer { file.close() }
        try content.withSlice { bytes throws(IOError) in try file.writeAll(bytes) }
        try file.synchronize()
        try real.remove(path)
    }

    // MARK: As they are

    public func status(of path: String) throws(IOError) -> FileStatus? {
        try real.status(of: path)
    }

    public func names(in directory: String) throws(IOError) -> [String] {
        try real.names(in: directory)
    }

    public func createDirectory(_ path: String, permissions: UInt16) throws(IOError) {
        try real.createDirectory(path, permissions: permissions)
    }

    public func removeDirectory(_ path: String) throws(IOError) { try real.removeDirectory(path) }

    public func link(_ path: String, to target: String) throws(IOError) {
        try real.link(path, to: target)
    }

    public func remove(_ path: String) throws(IOError) { try real.remove(path) }

    public func changePermissions(of path: String, to permissions: UInt16) throws(IOError) {
        try real.changePermissions(of: path, to: permissions)
    }

    public func space(at path: String) throws(IOError) -> DiskSpace { try real.space(at: path) }
    public func lock(_ path: String) throws(IOError) -> FileLockOutcome { try real.lock(path) }
    public func map(_ path: String) throws(IOError) -> any MappedFile { try real.map(path) }
    public func workingDirectory() throws(IOError) -> String { try real.workingDirectory() }

    public func changeWorkingDirectory(_ path: String) throws(IOError) {
        try real.changeWorkingDirectory(path)
    }
}
