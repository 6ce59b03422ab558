import Bytes
import Keyspace
import Structures

/// Proves that the elements of a listpack are a node of a stream.
///
/// They are the counts of live and of deleted entries; the number of the master fields, the fields,
/// a 0; then per entry its flags (1: deleted, 2: the master's fields), the two differences to the
/// node's identifier, its own number of fields with fields and values or only the values, and the
/// number of elements of the entry before this last one.
///
/// Beyond the counts and lengths, identifiers have to rise from the master's on, since entries are
/// found by them.
struct StreamNodeCheck {
    private static let isDeleted: Int64 = 1
    private static let hasMasterFields: Int64 = 2
    private static let flagsMax: Int64 = 3

    private let run: PackedRun
    private var position = 0

    private init(_ run: PackedRun) { self.run = run }

    /// - Returns: the number of live entries, and the identifier of the last entry of all.
    static func prove(
        _ run: PackedRun, of master: StreamID
    ) throws(DamagedEncoding) -> (live: Int, last: StreamID) {
        guard run.size < StreamNode.sizeMax else { throw DamagedEncoding() }
        var check = StreamNodeCheck(run)
        return try check.prove(master)
    }

    private mutating func prove(
        _ master: StreamID
    ) throws(DamagedEncoding) -> (live: Int, last: StreamID) {
        let (live, deleted, masterFields) = (try count(), try count(), try count())
        try skip(masterFields)
        guard try integer() == 0 else { throw DamagedEncoding() }
        var counts = (live: 0, deleted: 0)
        var last: StreamID?
        while position < run.size {
            let flags = try integer()
            guard 0...Self.flagsMax ~= flags else { throw DamagedEncoding() }
            let identifier = StreamID(
                milliseconds: master.milliseconds &+ UInt64(bitPattern: try integer()),
                sequence: master.sequence &+ UInt64(bitPattern: try integer()))
            guard identifier >= master, last.map({ $0 < identifier }) ?? true else {
                throw DamagedEncoding()
            }
            last = identifier
            try finishEntry(flags, masterFields)
            if flags & Self.isDeleted != 0 { counts.deleted += 1 } else { counts.live += 1 }
        }
        guard counts == (live, deleted) else { throw DamagedEncoding() }
        return (live, last ?? master)
    }

    /// Skips the fields and values of an entry, and compares the number behind them.
    private mutating func finishEntry(
        _ flags: Int64, _ masterFields: Int
    ) throws(DamagedEncoding) {
        var elements = 3
        if flags & Self.hasMasterFields != 0 {
            elements += masterFields
            try skip(masterFields)
        } else {
            let fields = try count()
            elements += 1 + fields * 2
            try skip(fields * 2)
        }
        guard try integer() == Int64(elements) else { throw DamagedEncoding() }
    }

    private mutating func integer() throws(DamagedEncoding) -> Int64 {
        guard position < run.size, case .integer(let value) = run[position] else {
            throw DamagedEncoding()
        }
        position = run.next(position)
        return value
    }

    private mutating func count() throws(DamagedEncoding) -> Int {
        let value = try integer()
        guard value >= 0, value <= Int64(run.count) else { throw DamagedEncoding() }
        return Int(value)
    }

    private mutating func skip(_ count: Int) throws(DamagedEncoding) {
        for _ in 0..<count {
            guard position < run.size else { throw DamagedEncoding() }
            position = run.next(position)
        }
    }
}
