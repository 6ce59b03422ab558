/// Up to which size a value keeps its compact encoding.
public struct EncodingSettings: Sendable {
    public var hashEntriesMax = 512
    /// Bytes.
    public var hashValueMax = 64
    /// Entries per node if positive; -1 to -5 are 4, 8, 16, 32 and 64 KiB per node.
    public var listNodeSize = -2
    public var listCompressDepth = 0
    public var setIntsetEntriesMax = 512
    public var setListpackEntriesMax = 128
    public var setListpackValueMax = 64
    public var sortedSetEntriesMax = 128
    /// Bytes.
    public var sortedSetValueMax = 64
    public var hyperLogLogSparseMax = 3000
    public var streamNodeBytesMax = 4096
    public var streamNodeEntriesMax = 100

    public init() {}
}
