import Bytes
import CPlatform
import Glibc

/// The file systems that the kernel has mounted.
public final class KernelFileSystem: FileSystem {
    public init() {}

    private func check(
        _ result: Int32, _ operation: IOError.Operation, _ path: String
    ) throws(IOError) {
        if result != 0 { throw IOError(code: errno, operation: operation, path: path) }
    }

    func descriptor(
        _ path: String, _ flags: Int32, _ permissions: UInt16, _ operation: IOError.Operation
    ) throws(IOError) -> Int32 {
        let descriptor = unsafe ls_open(path, flags, UInt32(permissions))
        if descriptor < 0 { throw IOError(code: -descriptor, operation: operation, path: path) }
        return descriptor
    }

    public func open(
        _ path: String, _ access: FileAccess, permissions: UInt16
    ) throws(IOError) -> any File {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .append: O_WRONLY | O_CREAT | O_APPEND
            case .replace: O_WRONLY | O_CREAT | O_TRUNC
            case .createNew: O_WRONLY | O_CREAT | O_EXCL
            case .readWrite: O_RDWR
            }
        let descriptor = try descriptor(path, flags, permissions, .open)
        return KernelFile(path: path, descriptor: descriptor)
    }

    public func status(of path: String) throws(IOError) -> FileStatus? {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw IOError(code: errno, operation: .status, path: path)
        }
        let kind: FileStatus.Kind =
            switch facts.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            default: .other
            }
        let modified = facts.st_mtim
        return FileStatus(
            kind: kind, size: UInt64(facts.st_size),
            modifiedMilliseconds: Int64(modified.tv_sec) * 1000
                + Int64(modified.tv_nsec / 1_000_000),
            owner: facts.st_uid, group: facts.st_gid,
            permissions: UInt16(truncatingIfNeeded: facts.st_mode & 0o7777))
    }

    public func names(in directory: String) throws(IOError) -> [String] {
        guard let stream = unsafe opendir(directory) else {
            throw IOError(code: errno, operation: .list, path: directory)
        }
        defer { unsafe closedir(stream) }
        var names: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw IOError(code: errno, operation: .list, path: directory) }
                break
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 })
            }
            if name != [0x2e], name != [0x2e, 0x2e] { names.append(name) }
        }
        names.sort { $0.lexicographicallyPrecedes($1) }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }

    public func createDirectory(_ path: String, permissions: UInt16) throws(IOError) {
        try check(unsafe mkdir(path, mode_t(permissions)), .createDirectory, path)
    }

    public func removeDirectory(_ path: String) throws(IOError) {
        try check(unsafe rmdir(path), .removeDirectory, path)
    }

    public func rename(_ path: String, to target: String) throws(IOError) {
        try check(unsafe Glibc.rename(path, target), .rename, path)
    }

    public func link(_ path: String, to target: String) throws(IOError) {
        try check(unsafe Glibc.link(path, target), .link, path)
    }

    public func remove(_ path: String) throws(IOError) {
        try check(unsafe unlink(path), .remove, path)
    }

    public func changePermissions(of path: String, to permissions: UInt16) throws(IOError) {
        try check(unsafe chmod(path, mode_t(permissions)), .changePermissions, path)
    }

    public func synchronizeDirectory(_ path: String) throws(IOError) {
        let descriptor = try descriptor(path, O_RDONLY | O_DIRECTORY, 0, .synchronizeDirectory)
        defer { close(descriptor) }
        // Some file systems have no notion of it and say so; their renames are durable or nobody's.
        if fsync(descriptor) != 0, errno != EBADF, errno != EINVAL {
            throw IOError(code: errno, operation: .synchronizeDirectory, path: path)
        }
    }

    public func space(at path: String) throws(IOError) -> DiskSpace {
        var facts = statvfs()
        try check(unsafe statvfs(path, &facts), .space, path)
        let block = UInt64(facts.f_frsize)
        return DiskSpace(
            available: UInt64(facts.f_bavail) * block, total: UInt64(facts.f_blocks) * block)
    }

    public func lock(_ path: String) throws(IOError) -> FileLockOutcome {
        try KernelFileLock.acquire(path, in: self)
    }

    public func map(_ path: String) throws(IOError) -> any MappedFile {
        let descriptor = try descriptor(path, O_RDONLY, 0, .map)
        defer { close(descriptor) }
        var facts = stat()
        try check(unsafe fstat(descriptor, &facts), .map, path)
        return try KernelMappedFile(path: path, descriptor: descriptor, size: Int(facts.st_size))
    }

    public func workingDirectory() throws(IOError) -> String {
        guard let path = unsafe getcwd(nil, 0) else {
            throw IOError(code: errno, operation: .status, path: ".")
        }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    public func changeWorkingDirectory(_ path: String) throws(IOError) {
        try check(unsafe chdir(path), .changeDirectory, path)
    }
}
