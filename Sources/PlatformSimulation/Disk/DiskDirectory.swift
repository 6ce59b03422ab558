import Platform

/// What a name stands for: the index of a file or directory of the disk.
enum DiskEntry: Equatable, Sendable {
    case file(Int)
    case directory(Int)
}

/// A directory of the simulated disk.
struct DiskDirectory {
    var entries: [String: DiskEntry] = [:]
    var durableEntries: [String: DiskEntry] = [:]
    var permissions: UInt16 = 0o755
    var modifiedMilliseconds: Int64 = 0
}

/// A change of names that was not yet made durable.
public struct DirectoryOperation: Equatable, Sendable {
    struct Change: Equatable, Sendable {
        let directory: Int
        let name: String
        /// What the name stands for then; nil when it is gone.
        let entry: DiskEntry?
    }

    /// `open` and `createDirectory` create, `rename`, `link`, `remove` and `removeDirectory` do
    /// what they say.
    public let operation: IOError.Operation
    /// As the caller gave them: what it was about and, for `rename` and `link`, the new name.
    public let path: String
    public let target: String?
    let changes: [Change]
}
