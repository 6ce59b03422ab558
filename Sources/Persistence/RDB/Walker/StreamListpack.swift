import Bytes

/// The identifier of an entry of a stream.
struct StreamID: Hashable {
    let milliseconds: UInt64
    let sequence: UInt64

    init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// - Parameter bytes: sixteen, most significant first.
    init(_ bytes: ByteSlice) {
        self.milliseconds = bytes.bigEndian(at: 0, as: UInt64.self)
        self.sequence = bytes.bigEndian(at: 8, as: UInt64.self)
    }
}

/// The check of one node of a stream.
///
/// A node is a listpack: the counts of live and of deleted entries; the number of the master
/// fields, the fields, a 0; then per entry its flags (1: deleted, 2: the master's fields), the two
/// differences to the node's identifier, its own fields and values or only the values, and the
/// number of listpack elements of the entry before this last one.
enum StreamListpack {
    private static let isDeleted: Int64 = 1
    private static let hasMasterFields: Int64 = 2

    /// Proves a node and returns the number of live entries.
    static func check(_ bytes: ByteSlice) throws(DamagedEncoding) -> Int {
        var reader = try ListpackReader(bytes)
        let live = try count(&reader)
        let deleted = try count(&reader)
        let masterFields = try count(&reader)
        try skip(masterFields, &reader)
        guard try reader.next()?.integer == 0 else { throw DamagedEncoding() }
        var counts = (live: 0, deleted: 0)
        while let first = try reader.next() {
            guard case .integer(let flags) = first else { throw DamagedEncoding() }
            guard try reader.next()?.integer != nil, try reader.next()?.integer != nil else {
                throw DamagedEncoding()
            }
            var elements = 3
            if flags & hasMasterFields != 0 {
                elements += masterFields
                try skip(masterFields, &reader)
            } else {
                let fields = try count(&reader)
                elements += 1 + fields * 2
                try skip(fields * 2, &reader)
            }
            guard try reader.next()?.integer == Int64(elements) else { throw DamagedEncoding() }
            if flags & isDeleted != 0 { counts.deleted += 1 } else { counts.live += 1 }
        }
        guard counts == (live, deleted) else { throw DamagedEncoding() }
        return live
    }

    private static func count(_ reader: inout ListpackReader) throws(DamagedEncoding) -> Int {
        guard case .integer(let value)? = try reader.next(), value >= 0, value < 1 << 32 else {
            throw DamagedEncoding()
        }
        return Int(value)
    }

    private static func skip(
        _ count: Int, _ reader: inout ListpackReader
    ) throws(DamagedEncoding) {
        for _ in 0..<count {
            guard try reader.next() != nil else { throw DamagedEncoding() }
        }
    }
}
