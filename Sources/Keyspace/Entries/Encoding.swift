/// The types of values, numbered as in `TYPE`'s and the RDB's old order.
public enum ValueType: UInt8, Sendable, CaseIterable {
    case string, list, set, sortedSet, hash, stream

    /// What `TYPE` answers.
    public var name: StaticString {
        switch self {
        case .string: "string"
        case .list: "list"
        case .set: "set"
        case .sortedSet: "zset"
        case .hash: "hash"
        case .stream: "stream"
        }
    }
}

/// How a value is encoded: what `OBJECT ENCODING` answers, and of a value outside of its entry which
/// kind of root it has.
public enum Encoding: UInt8, Sendable {
    case integer, embedded, raw
    /// A `PackedRun` of the elements.
    case listpack
    /// A `PackedRun` of fields, values and deadlines.
    case listpackExpiring
    case intset
    // Versioned roots.
    case quicklist, hashtable, skiplist, stream

    public var name: StaticString {
        switch self {
        case .integer: "int"
        case .embedded: "embstr"
        case .raw: "raw"
        case .listpack: "listpack"
        case .listpackExpiring: "listpackex"
        case .intset: "intset"
        case .quicklist: "quicklist"
        case .hashtable: "hashtable"
        case .skiplist: "skiplist"
        case .stream: "stream"
        }
    }

    /// Whether the root is a `VersionedRoot`.
    var isVersioned: Bool { rawValue >= Encoding.quicklist.rawValue }
}
