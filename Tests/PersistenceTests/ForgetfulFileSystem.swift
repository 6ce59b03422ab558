import Bytes
import Platform

/// A file system that forgets to make the names in a directory durable; for canaries.
final class ForgetfulFileSystem: FileSystem {
    private let real: any FileSystem

    init(_ real: any FileSystem) { self.real = real }

    func synchronizeDirectory(_ path: String) throws(IOError) {}

    func open(
        _ path: String, _ access: FileAccess, permissions: UInt16
    ) throws(IOError) -> any File {
        try real.open(path, access, permissions: permissions)
    }

    func status(of path: String) throws(IOError) -> FileStatus? { try real.status(of: path) }
    func names(in directory: String) throws(IOError) -> [String] { try real.names(in: directory) }

    func createDirectory(_ path: String, permissions: UInt16) throws(IOError) {
        try real.createDirectory(path, permissions: permissions)
    }

    func removeDirectory(_ path: String) throws(IOError) { try real.removeDirectory(path) }

    func rename(_ path: String, to target: String) throws(IOError) {
        try real.rename(path, to: target)
    }

    func link(_ path: String, to target: String) throws(IOError) {
        try real.link(path, to: target)
    }

    func remove(_ path: String) throws(IOError) { try real.remove(path) }

    func changePermissions(of path: String, to permissions: UInt16) throws(IOError) {
        try real.changePermissions(of: path, to: permissions)
    }

    func space(at path: String) throws(IOError) -> DiskSpace { try real.space(at: path) }
    func lock(_ path: String) throws(IOError) -> FileLockOutcome { try real.lock(path) }
    func map(_ path: String) throws(IOError) -> any MappedFile { try real.map(path) }
    func workingDirectory() throws(IOError) -> String { try real.workingDirectory() }

    func changeWorkingDirectory(_ path: String) throws(IOError) {
        try real.changeWorkingDirectory(path)
    }
}
