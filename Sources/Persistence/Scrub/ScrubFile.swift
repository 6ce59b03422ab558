/// A file of the log, as far as it is to be read again.
public struct ScrubFile: Sendable, Equatable {
    public var name: String
    public var path: String
    /// Whether all of it is one RDB file.
    public var isRDB: Bool
    /// The sequence number that the first batch line of an increment continues from.
    public var sequence: Int64
    /// Bytes that are there for good; what follows may still change.
    public var size: UInt64

    public init(name: String, path: String, isRDB: Bool, sequence: Int64, size: UInt64) {
        self.name = name
        self.path = path
        self.isRDB = isRDB
        self.sequence = sequence
        self.size = size
    }
}

/// Something in a file that is not what was written.
public struct ScrubDamage: Sendable, Equatable, Error {
    public var name: String
    /// Where it begins to be wrong, or the beginning of what a checksum covers.
    public var offset: UInt64
    public var reason: String

    public var text: String { "\(name) at offset \(offset): \(reason)" }
}

/// What a pass over all files found.
public struct ScrubReport: Sendable, Equatable {
    /// Bytes that a checksum covers and that agree with it.
    public var verified: UInt64 = 0
    /// Bytes that were read and that nothing can be compared with: written by Redis, or with
    /// checksums switched off.
    public var unverified: UInt64 = 0
    public var damage: ScrubDamage?

    public init() {}
}
