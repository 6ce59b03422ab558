import Bytes
import Configuration
import Keyspace
import Persistence
import Platform

/// A key of an RDB file and where it stands.
struct RDBEntry {
    let database: Int
    let record: RDBRecord
    /// Lent until the next entry.
    let key: ByteSlice
    /// Of its first byte, deadline included.
    let start: Int

    /// Of database and key.
    var hash: UInt64 { XXH3.hash(key) ^ UInt64(database) &* 0x9e37_79b9_7f4a_7c15 }
}

/// A value of an RDB file.
enum RDBValue {
    case string(ByteSlice)
    /// To be freed by who asked for it.
    case collection(StoredValue)
    /// What only a module can read.
    case module
}

/// Goes over the keys of an RDB file. The value of each is skipped, or loaded when asked for.
///
/// The file is mapped and nothing is kept, so memory holds no more than the largest value.
struct RDBWalk: ~Copyable {
    private var reader: RDBReader
    private let output: ToolOutput
    private let path: String
    private let pattern: ByteString?
    private var walker = ValueWalker(depth: .boundaries)
    private var values = ValueLoader(EncodingSettings())
    private var keyScratch = ByteBuffer()
    private var valueScratch = ByteBuffer()
    private var database = 0
    private var pending: RDBRecord?

    /// What the file says of itself.
    private(set) var auxiliary: [(name: ByteString, value: ByteString)] = []

    /// - Parameters:
    ///   - pattern: keys that do not match are passed over.
    ///   - isVerifying: whether the checksum at the end is compared.
    init(
        _ bytes: ByteSlice, path: String, pattern: ByteString? = nil,
        verifying isVerifying: Bool = true,
        _ output: ToolOutput
    ) {
        reader = RDBReader(bytes, verifyingChecksum: isVerifying)
        self.path = path
        self.pattern = pattern
        self.output = output
    }

    var version: Int { reader.version }
    var offset: Int { reader.offset }

    /// The next key that matches; nothing at the end.
    mutating func next() throws(ToolFailure) -> RDBEntry? {
        while true {
            try skip()
            let start = reader.offset
            let event = try reading { (walk) throws(RDBError) in try walk.reader.next() }
            try output.reach(reader.offset)
            switch event {
            case .record(let record):
                pending = record
                guard let key = record.key.bytes(using: &keyScratch) else {
                    throw .refused("\(path): a key at offset \(start) cannot be decompressed")
                }
                guard matches(key) else { continue }
                return RDBEntry(database: database, record: record, key: key, start: start)
            case .selectDatabase(let number): database = number
            case .auxiliary(let name, let value): auxiliary.append((name, value))
            case .end: return nil
            default: continue
            }
        }
    }

    private func matches(_ key: ByteSlice) -> Bool {
        guard let pattern else { return true }
        if pattern == "*" { return true }
        return pattern.withSlice { Glob.matches(key, $0) }
    }

    /// Passes the value of the last key, unless it was loaded.
    mutating func skip() throws(ToolFailure) {
        guard let record = pending else { return }
        pending = nil
        try reading { (walk) throws(RDBError) in
            try walk.reader.skipValue(of: record, with: &walk.walker)
        }
    }

    /// The value of the last key; nothing for one that holds no elements, which is no key.
    ///
    /// A string is lent until the next one is asked for.
    mutating func value() throws(ToolFailure) -> RDBValue? {
        guard let record = pending else {
            preconditionFailure("the value of a key is loaded once")
        }
        if record.type == .moduleValue {
            try skip()
            return .module
        }
        pending = nil
        return try reading { (walk) throws(RDBError) in
            guard record.type != .string else {
                guard let text = try walk.reader.input.string().bytes(using: &walk.valueScratch)
                else {
                    throw walk.reader.input.failure(.corrupt("Invalid LZF compressed string"))
                }
                return .string(text)
            }
            do throws(RDBError) {
                return .collection(
                    try walk.values.load(record.type, from: &walk.reader.input))
            } catch {
                guard error.reason == .emptyValue else { throw error }
                return nil
            }
        }
    }

    private mutating func reading<Result>(
        _ work: (inout RDBWalk) throws(RDBError) -> Result
    ) throws(ToolFailure) -> Result {
        do throws(RDBError) {
            return try work(&self)
        } catch {
            throw .refused("\(path) is not sound: \(error)")
        }
    }
}
