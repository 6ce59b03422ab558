/// How badly a loss of power may mix what was not synchronized.
public struct PowerLossModel: Equatable, Sendable {
    /// Sectors of a file survive each for itself; otherwise only prefixes do.
    public var tearsSectors: Bool
    /// A file's size can survive without its data, which is then zeros.
    public var leavesZeros: Bool
    /// A file's size can survive without its data, which is then anything.
    public var leavesGarbage: Bool
    /// Changes of names survive each for itself; otherwise those before one that does, do too.
    public var reordersNames: Bool

    public init(
        tearsSectors: Bool, leavesZeros: Bool, leavesGarbage: Bool, reordersNames: Bool
    ) {
        self.tearsSectors = tearsSectors
        self.leavesZeros = leavesZeros
        self.leavesGarbage = leavesGarbage
        self.reordersNames = reordersNames
    }

    /// What a journaling file system on an honest disk does: prefixes, names in order.
    public static let ordered = PowerLossModel(
        tearsSectors: false, leavesZeros: false, leavesGarbage: false, reordersNames: false)

    /// Everything that the interface allows.
    public static let harsh = PowerLossModel(
        tearsSectors: true, leavesZeros: true, leavesGarbage: true, reordersNames: true)
}

/// A file with changes that were not synchronized, as the choosing closure sees it.
public struct UnsynchronizedFile: Equatable, Sendable {
    /// The names it has, absolute.
    public let paths: [String]
    public let durableSize: Int
    /// The bytes written since the last synchronization.
    public let unsynchronizedBytes: Int
}

/// What becomes of a file's unsynchronized changes when power fails.
public enum DataSurvival: Equatable, Sendable {
    case none
    case all
    /// The first so many bytes, in the order of writing; truncations before them too.
    case prefix(Int)
    /// As `prefix`, and the size of the file as if all had survived: the rest is zeros.
    case zerosAfter(Int)
    /// As `zerosAfter`, with bytes that the seed decides instead of zeros.
    case garbageAfter(Int, seed: UInt64)
    /// Each changed sector of 512 bytes for itself, as the seed decides.
    case sectors(seed: UInt64)
    /// Of the sectors that changed those whose bits are set, and the old size or the new one.
    case chosenSectors(UInt64, hasNewSize: Bool)
}
