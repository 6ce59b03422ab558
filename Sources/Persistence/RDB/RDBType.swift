/// The types of values in RDB files and `DUMP` payloads: the one table of their numbers and names.
///
/// Each is a layout, not a data type: six of them hold a hash. Number 8 was never used.
public enum RDBType: UInt8, CaseIterable, Sendable {
    case string = 0
    case listLinked = 1
    case setHashtable = 2
    case zsetTextScores = 3
    case hashHashtable = 4
    case zsetBinaryScores = 5
    case modulePreRelease = 6
    case moduleValue = 7
    case hashZipmap = 9
    case listZiplist = 10
    case setIntset = 11
    case zsetZiplist = 12
    case hashZiplist = 13
    case listQuicklistOfZiplists = 14
    case stream = 15
    case hashListpack = 16
    case zsetListpack = 17
    case listQuicklist = 18
    case streamWithOffsets = 19
    case setListpack = 20
    case streamWithActiveTimes = 21
    case hashExpiringPreRelease = 22
    case hashListpackExpiringPreRelease = 23
    case hashExpiring = 24
    case hashListpackExpiring = 25

    /// The name that the check tool prints.
    public var name: String {
        switch self {
        case .string: "string"
        case .listLinked: "list-linked"
        case .setHashtable: "set-hashtable"
        case .zsetTextScores: "zset-v1"
        case .hashHashtable: "hash-hashtable"
        case .zsetBinaryScores: "zset-v2"
        case .modulePreRelease: "module-pre-release"
        case .moduleValue: "module-value"
        case .hashZipmap: "hash-zipmap"
        case .listZiplist: "list-ziplist"
        case .setIntset: "set-intset"
        case .zsetZiplist: "zset-ziplist"
        case .hashZiplist: "hash-ziplist"
        case .listQuicklistOfZiplists: "quicklist"
        case .stream: "stream"
        case .hashListpack: "hash-listpack"
        case .zsetListpack: "zset-listpack"
        case .listQuicklist: "quicklist-v2"
        case .streamWithOffsets: "stream-v2"
        case .setListpack: "set-listpack"
        case .streamWithActiveTimes: "stream-v3"
        case .hashExpiringPreRelease: "hash-hashtable-md-pre-release"
        case .hashListpackExpiringPreRelease: "hash-listpack-md-pre-release"
        case .hashExpiring: "hash-hashtable-md"
        case .hashListpackExpiring: "hash-listpack-md"
        }
    }
}
