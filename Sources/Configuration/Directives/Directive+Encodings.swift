extension Directive {
    static let encodings = [
        Directive(
            "hash-max-listpack-entries", "hash-max-ziplist-entries",
            integer: \.encodings.hashEntriesMax, in: .int63,
            summary: "Fields up to which a hash is compact."),
        Directive(
            "hash-max-listpack-value", "hash-max-ziplist-value", memory: \.encodings.hashValueMax,
            summary: "Bytes of a field or value up to which a hash is compact."),
        Directive(
            "list-max-listpack-size", "list-max-ziplist-size", integer: \.encodings.listNodeSize,
            in: .int32, summary: "Items per node of a list; -1 to -5 are 4, 8, 16, 32 and 64 KiB."),
        Directive(
            "list-compress-depth", integer: \.encodings.listCompressDepth, in: .int31,
            summary: "Nodes at either end of a list that are not compressed; 0 compresses none."),
        Directive(
            "set-max-intset-entries", integer: \.encodings.setIntsetEntriesMax, in: .int63,
            summary: "Members up to which a set of integers is compact."),
        Directive(
            "set-max-listpack-entries", integer: \.encodings.setListpackEntriesMax, in: .int63,
            summary: "Members up to which another set is compact."),
        Directive(
            "set-max-listpack-value", integer: \.encodings.setListpackValueMax, in: .int63,
            summary: "Bytes of a member up to which a set is compact."),
        Directive(
            "zset-max-listpack-entries", "zset-max-ziplist-entries",
            integer: \.encodings.sortedSetEntriesMax, in: .int63,
            summary: "Members up to which a sorted set is compact."),
        Directive(
            "zset-max-listpack-value", "zset-max-ziplist-value",
            memory: \.encodings.sortedSetValueMax,
            summary: "Bytes of a member up to which a sorted set is compact."),
        Directive(
            "hll-sparse-max-bytes", memory: \.encodings.hyperLogLogSparseMax,
            summary: "Bytes up to which a HyperLogLog is sparse."),
        Directive(
            "stream-node-max-bytes", memory: \.encodings.streamNodeBytesMax,
            summary: "Bytes of a stream's node; 0 is no limit."),
        Directive(
            "stream-node-max-entries", integer: \.encodings.streamNodeEntriesMax, in: .int63,
            summary: "Entries of a stream's node; 0 is no limit."),
    ]
}
