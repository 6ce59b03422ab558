import Bytes
import RESP

/// Records read from the log, in order, as borrowed slices of the file.
public struct LoadedRecords: ~Copyable {
    private struct Extent {
        let firstArgument: Int
        let argumentCount: Int
        let database: Int
        let bytes: ByteSlice
    }

    private var arguments = SliceList(capacity: 256)
    private var extents: [Extent] = []
    /// Whether they are one group, to be executed as a whole.
    public internal(set) var isGroup = false

    init() { extents.reserveCapacity(LogLoader.batchCountMax) }

    public var count: Int { extents.count }

    /// The record at an index, as the request that a client would have sent.
    public subscript(index: Int) -> Request {
        let extent = extents[index]
        let end = extent.firstArgument + extent.argumentCount
        return Request(
            arguments: arguments[extent.firstArgument..<end], canonical: extent.bytes)
    }

    /// The number of the database that the record at an index is for.
    public func database(at index: Int) -> Int { extents[index].database }

    mutating func append(_ record: Slices, _ bytes: ByteSlice, database: Int) {
        let first = arguments.count
        for index in 0..<record.count { arguments.append(record[index]) }
        extents.append(
            Extent(
                firstArgument: first, argumentCount: record.count, database: database,
                bytes: bytes))
    }

    mutating func removeAll() {
        arguments.removeAll()
        extents.removeAll(keepingCapacity: true)
        isGroup = false
    }
}
