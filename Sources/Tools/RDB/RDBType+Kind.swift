import Persistence

extension RDBType {
    /// What `TYPE` answers for a value of this layout.
    var valueTypeName: String {
        switch self {
        case .string: "string"
        case .listLinked, .listZiplist, .listQuicklistOfZiplists, .listQuicklist: "list"
        case .setHashtable, .setIntset, .setListpack: "set"
        case .zsetTextScores, .zsetBinaryScores, .zsetZiplist, .zsetListpack: "zset"
        case .hashHashtable, .hashZipmap, .hashZiplist, .hashListpack, .hashExpiringPreRelease,
            .hashListpackExpiringPreRelease, .hashExpiring, .hashListpackExpiring:
            "hash"
        case .stream, .streamWithOffsets, .streamWithActiveTimes: "stream"
        case .modulePreRelease, .moduleValue: "module"
        }
    }
}
