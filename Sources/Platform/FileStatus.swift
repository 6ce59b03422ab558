/// What the file system knows about a file or directory.
public struct FileStatus: Equatable, Sendable {
    public enum Kind: Equatable, Sendable { case regular, directory, socket, other }

    public var kind: Kind
    /// Bytes.
    public var size: UInt64
    /// Wall clock, milliseconds since 1970.
    public var modifiedMilliseconds: Int64
    /// Number of the owning user.
    public var owner: UInt32
    /// Number of the owning group.
    public var group: UInt32
    /// The twelve bits of `chmod`.
    public var permissions: UInt16

    public init(
        kind: Kind, size: UInt64, modifiedMilliseconds: Int64, owner: UInt32, group: UInt32,
        permissions: UInt16
    ) {
        self.kind = kind
        self.size = size
        self.modifiedMilliseconds = modifiedMilliseconds
        self.owner = owner
        self.group = group
        self.permissions = permissions
    }

    public var isDirectory: Bool { kind == .directory }
    public var isRegular: Bool { kind == .regular }
}
