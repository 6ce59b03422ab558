import Bytes
import Configuration
import Structures

/// Up to where a set keeps its compact encodings.
public struct SetLimits {
    /// Members of a set of integers.
    public let intsetCountMax: Int
    /// Members of another small set.
    public let listpackCountMax: Int
    /// Bytes of each of them.
    public let memberSizeMax: Int

    /// Bytes that a listpack of Redis may have.
    static let listpackSizeMax = 1 << 30

    public init(_ settings: EncodingSettings) {
        intsetCountMax = min(settings.setIntsetEntriesMax, Intset.countMax)
        listpackCountMax = settings.setListpackEntriesMax
        memberSizeMax = settings.setListpackValueMax
    }
}

extension Database {
    public var setLimits: SetLimits { SetLimits(shared.value.encodings) }
}
