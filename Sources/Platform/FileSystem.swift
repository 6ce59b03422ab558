import Bytes

/// Files and directories by name.
///
/// Paths are absolute or relative to the working directory. A change of a directory (a file
/// created, renamed, linked or removed) is certain to survive the loss of power only after
/// `synchronizeDirectory`.
public protocol FileSystem: AnyObject, Sendable {
    /// - Parameter permissions: of a file that is created, lessened by the process's mask.
    func open(
        _ path: String, _ access: FileAccess, permissions: UInt16
    ) throws(IOError) -> any File

    /// What is known about a file; nothing when there is none.
    func status(of path: String) throws(IOError) -> FileStatus?

    /// The names in a directory, sorted by their bytes, without `.` and `..`.
    func names(in directory: String) throws(IOError) -> [String]

    func createDirectory(_ path: String, permissions: UInt16) throws(IOError)
    func removeDirectory(_ path: String) throws(IOError)

    /// Gives a file another name, replacing what has that name, at once for every observer.
    func rename(_ path: String, to target: String) throws(IOError)

    /// Gives a file a second name; an error when that name exists.
    func link(_ path: String, to target: String) throws(IOError)

    func remove(_ path: String) throws(IOError)

    func changePermissions(of path: String, to permissions: UInt16) throws(IOError)

    /// Makes the names in a directory durable.
    func synchronizeDirectory(_ path: String) throws(IOError)

    func space(at path: String) throws(IOError) -> DiskSpace

    /// Takes the lock on a file, creating the file when missing, and leaves the process's number in
    /// it; does not wait.
    func lock(_ path: String) throws(IOError) -> FileLockOutcome

    func map(_ path: String) throws(IOError) -> any MappedFile

    func workingDirectory() throws(IOError) -> String
    func changeWorkingDirectory(_ path: String) throws(IOError)
}

extension FileSystem {
    /// Opens a file; one that is created can be written by its owner and read by all.
    public func open(_ path: String, _ access: FileAccess) throws(IOError) -> any File {
        try open(path, access, permissions: 0o644)
    }

    public func createDirectory(_ path: String) throws(IOError) {
        try createDirectory(path, permissions: 0o755)
    }

    /// Removes a file if it is there.
    public func removeIfPresent(_ path: String) throws(IOError) {
        do throws(IOError) {
            try remove(path)
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    /// The whole content of a file of limited size.
    public func contents(of path: String) throws(IOError) -> ByteString {
        let file = try open(path, .read)
        defer { file.close() }
        var buffer = ByteBuffer()
        while true {
            let count = try file.read(into: &buffer, upTo: 65536, at: UInt64(buffer.count))
            if count == 0 { return ByteString(buffer.bytes) }
        }
    }
}
