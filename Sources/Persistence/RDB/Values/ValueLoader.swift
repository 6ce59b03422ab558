import Bytes
import Configuration
import Keyspace
import Structures

/// Makes the values of files and payloads, aside from any database.
///
/// The layout is Redis's of any generation; what it becomes is what the server holds today. Nothing
/// is trusted: each byte of a nested encoding is looked at, duplicates, scores that are no numbers
/// and references into nowhere are refused, and no count is believed before the bytes are there. A
/// value that is beyond the current thresholds gets the encoding that they ask for.
public struct ValueLoader: ~Copyable {
    /// Older encodings of this size and more are refused: the run would be beyond its limit.
    static let packedSizeMax = 1 << 31

    let encodings: EncodingSettings

    /// Unix milliseconds; fields of hashes whose deadline is past are dropped. Nothing where they
    /// are kept.
    let dropsFieldsBefore: Int64?

    /// Holds the encoding that is being read, where it is compressed in the file.
    private var packed = ByteBuffer()
    var first = ByteBuffer()
    var second = ByteBuffer()
    var duplicates = DuplicateFinder()

    /// Elements on their way into a large hash, set or sorted set; empty between values.
    var batch = TableBatch()
    var scoredBatch = ScoredBatch()

    public init(_ encodings: EncodingSettings, dropsFieldsBefore: Int64? = nil) {
        self.encodings = encodings
        self.dropsFieldsBefore = dropsFieldsBefore
    }

    /// Consumes the value of a collection, and makes it.
    ///
    /// - Returns: the value, which is the caller's.
    public mutating func load(
        _ type: RDBType, from input: inout RDBInput
    ) throws(RDBError) -> StoredValue {
        switch type {
        case .listLinked: try loadList(in: &input)
        case .listZiplist: try loadListOfZiplist(in: &input)
        case .listQuicklistOfZiplists, .listQuicklist: try loadQuicklist(type, in: &input)
        case .setHashtable: try loadSet(in: &input)
        case .setIntset: try loadIntset(in: &input)
        case .setListpack: try loadSetOfListpack(in: &input)
        case .hashHashtable, .hashExpiring, .hashExpiringPreRelease:
            try loadHash(type, in: &input)
        case .hashZipmap, .hashZiplist, .hashListpack, .hashListpackExpiring,
            .hashListpackExpiringPreRelease:
            try loadPackedHash(type, in: &input)
        case .zsetTextScores, .zsetBinaryScores: try loadSortedSet(type, in: &input)
        case .zsetZiplist, .zsetListpack: try loadPackedSortedSet(type, in: &input)
        case .stream, .streamWithOffsets, .streamWithActiveTimes:
            try loadStream(type, in: &input)
        case .modulePreRelease, .moduleValue:
            throw input.failure(.moduleValue(ModuleName.text(of: try input.number())))
        case .string: preconditionFailure("a string is no collection")
        }
    }

    // MARK: Nested encodings

    /// Consumes a string that is an encoding; its bytes stay in place until the next one.
    mutating func encoding(in input: inout RDBInput) throws(RDBError) -> ByteSlice {
        try input.bytes(using: &packed)
    }

    /// Consumes a listpack that is not empty.
    mutating func listpack(
        in input: inout RDBInput, otherwise damage: String
    ) throws(RDBError) -> PackedRun {
        let bytes = try encoding(in: &input)
        guard let run = PackedRun.make(verifying: bytes) else { throw input.corrupt(damage) }
        return run
    }

    /// Consumes a ziplist, as the run that a listpack of its elements would be.
    mutating func ziplist(
        in input: inout RDBInput, otherwise damage: String
    ) throws(RDBError) -> PackedRun {
        let bytes = try encoding(in: &input)
        guard bytes.count < Self.packedSizeMax else { throw input.corrupt(damage) }
        var run = PackedRun.make(size: bytes.count)
        do throws(DamagedEncoding) {
            var reader = try ZiplistReader(bytes)
            while let element = try reader.next() { run.append(element.value) }
        } catch {
            run.free()
            throw input.corrupt(damage)
        }
        run.fit()
        return run
    }
}

extension PackedElement {
    var value: StringValue {
        switch self {
        case .integer(let value): .integer(value)
        case .text(let bytes): StringValue(bytes)
        }
    }
}
