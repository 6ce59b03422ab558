import Glibc

/// A call into the world that failed: which one, on what, and the system's reason.
///
/// A value for the paths that are not hot. Calls on sockets answer negative numbers instead; see
/// `Network`.
public struct IOError: Error, Equatable, Sendable {
    public enum Operation: String, Equatable, Sendable, CaseIterable {
        case open, read, write, synchronize, truncate, close, status, list, map, lock
        case createDirectory, removeDirectory, synchronizeDirectory, changeDirectory
        case rename, link, remove, changePermissions, space
        case listen, accept, connect, poll, process
    }

    /// The system's number (`errno`).
    public let code: Int32
    public let operation: Operation
    /// The file, directory or address that the call was about.
    public let path: String

    public init(code: Int32, operation: Operation, path: String) {
        self.code = code
        self.operation = operation
        self.path = path
    }

    /// The system's text, such as "No space left on device".
    public var message: String { SystemCode.message(of: code) }

    /// Whether the disk, a quota or a limit on sizes is exhausted: room has to be made, the medium
    /// is not to blame.
    public var isNoSpace: Bool { SystemCode.isNoSpace(code) }

    public var isNotFound: Bool { code == SystemCode.notFound }
}

extension IOError: CustomStringConvertible {
    public var description: String { "\(operation.rawValue) \(path): \(message)" }
}
