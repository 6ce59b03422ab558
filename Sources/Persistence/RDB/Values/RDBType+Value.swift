import Keyspace

extension RDBType {
    /// The layout in which the value of an entry is written in a file or payload of a version.
    init(of entry: Entry, version: Int) {
        self = entry.type == .string ? .string : RDBType(of: entry.value, version: version)
    }

    /// The layout in which a collection is written in a file or payload of a version.
    init(of value: StoredValue, version: Int) {
        switch value.type {
        case .string: self = .string
        case .list: self = .listQuicklist
        case .set:
            switch value.encoding {
            case .intset: self = .setIntset
            // Version 10 does not know this layout.
            case .listpack where version >= 11: self = .setListpack
            default: self = .setHashtable
            }
        case .sortedSet: self = value.encoding == .listpack ? .zsetListpack : .zsetBinaryScores
        case .hash: self = Self.ofHash(value, version)
        case .stream: self = version >= 11 ? .streamWithActiveTimes : .streamWithOffsets
        }
    }
}

extension RDBType {
    private static func ofHash(_ value: StoredValue, _ version: Int) -> RDBType {
        let isTable = value.encoding == .hashtable
        guard HashView(value).hasDeadlines else {
            return isTable ? .hashHashtable : .hashListpack
        }
        precondition(version >= RDBFormat.versionWithFieldDeadlines)
        return isTable ? .hashExpiring : .hashListpackExpiring
    }
}

extension RDBFormat {
    /// The lowest version that can hold an entry.
    public static func versionNeeded(by entry: Entry) -> Int {
        guard entry.type == .hash, HashView(entry.value).hasDeadlines else {
            return versionOfRedis70
        }
        return versionWithFieldDeadlines
    }
}
