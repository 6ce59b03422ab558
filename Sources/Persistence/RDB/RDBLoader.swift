import Bytes
import Keyspace
import Structures

/// Loads an RDB file into a keyspace, in parts, so that clients can be told meanwhile.
///
/// The file is mapped and read where it lies. Tables are made large enough beforehand, and keys are
/// inserted in batches whose buckets have been prefetched. The file is trusted in nothing: what
/// deviates, occurs twice or cannot be held ends the loading with an error, and the keyspace then
/// holds a part of the data that must not be served.
public struct RDBLoader: ~Copyable {
    public struct Options: Sendable {
        /// Unix milliseconds; keys whose deadline is past are dropped. Nothing for the base of a
        /// log, whose records say when a key went.
        public var dropsExpiredBefore: Int64?

        /// Whether the checksum at the end is compared (`rdbchecksum`).
        public var verifiesChecksum = true

        /// Whether a key that is there already gives way, instead of ending the loading.
        public var replacesKeys = false

        public init() {}
    }

    public struct Counts: Equatable, Sendable {
        public var keysLoaded = 0
        public var keysExpired = 0
    }

    private static let batchSize = 32

    private let keyspace: Keyspace
    private let options: Options
    private var reader: RDBReader
    private var database: Database
    private var batch: [PendingKey] = []
    private var keyScratch = ByteBuffer()
    private var valueScratch = ByteBuffer()

    public private(set) var counts = Counts()

    /// The AUX fields met so far.
    public private(set) var auxiliary: [RDBFile.Auxiliary] = []

    /// What the footer said, once everything is loaded.
    public private(set) var checksum: RDBChecksum?

    /// - Parameter bytes: the file from its first byte, to stay in place until the end.
    public init(_ bytes: ByteSlice, into keyspace: Keyspace, options: Options) {
        self.keyspace = keyspace
        self.options = options
        reader = RDBReader(bytes, verifyingChecksum: options.verifiesChecksum)
        database = keyspace[0]
        batch.reserveCapacity(Self.batchSize)
    }

    /// Bytes consumed; at the end, where the file ends and an append-only file goes on.
    public var offset: Int { reader.offset }

    /// Loads the next part.
    ///
    /// - Parameters:
    ///   - size: bytes of the file after which to return.
    ///   - keys: keys after which to return.
    /// - Returns: whether there is more.
    public mutating func proceed(
        size: Int, keys: Int = .max
    ) throws(RDBError) -> Bool {
        let stop = reader.offset + size
        let before = counts.keysLoaded
        repeat {
            if try !loadNext() { return false }
        } while reader.offset < stop && counts.keysLoaded + batch.count - before < keys
        try flush()
        return true
    }

    private mutating func loadNext() throws(RDBError) -> Bool {
        switch try reader.next() {
        case .record(let record):
            do throws(RDBError) {
                try load(record)
            } catch {
                throw error.key == nil ? error.about(record) : error
            }
        case .auxiliary(let name, let value):
            auxiliary.append(RDBFile.Auxiliary(name: name, value: value))
        case .selectDatabase(let number):
            try flush()
            guard number < keyspace.databaseCount else {
                throw reader.input.failure(.tooManyDatabases(limit: keyspace.databaseCount))
            }
            database = keyspace[number]
        case .tableSizes(let keys, let expires):
            // A count is only a claim; a key takes three bytes at least.
            let keysMax = UInt64(reader.input.remaining / 3)
            database.reserve(
                keys: Int(min(keys, keysMax)), deadlines: Int(min(expires, keysMax)))
        case .slotSizes: break
        case .functionLibrary:
            throw reader.input.failure(.functionLibrary)
        case .moduleAuxiliary(let name):
            throw reader.input.failure(.moduleValue(name))
        case .end(let checksum):
            try flush()
            self.checksum = checksum
            return false
        }
        return true
    }
}

// MARK: - Keys

/// A key that has been read and waits for its bucket to arrive in the cache.
private struct PendingKey {
    let key: RDBString
    let hash: UInt64
    let value: RDBString
    let deadline: Int64?
    let clock: UInt32
    /// Where the record ended, for messages.
    let offset: Int
}

extension RDBLoader {
    private mutating func load(_ record: RDBRecord) throws(RDBError) {
        let value = try reader.loadableValue(of: record.type)
        if let now = options.dropsExpiredBefore, let deadline = record.deadline, deadline < now {
            counts.keysExpired += 1
            return
        }
        guard let key = record.key.bytes(using: &keyScratch) else {
            throw reader.input.corrupt(RDBInput.damagedCompression)
        }
        let hash = KeyHash.hash(key)
        database.prefetchBucket(hash)
        batch.append(
            PendingKey(
                key: record.key, hash: hash, value: value, deadline: record.deadline,
                clock: mark(of: record), offset: reader.offset))
        if batch.count == Self.batchSize { try flush() }
    }

    private func mark(of record: RDBRecord) -> UInt32 {
        let shared = keyspace.shared
        if shared.value.evictionClock.countsFrequency {
            if let frequency = record.frequency {
                return shared.value.evictionClock.mark(frequency: frequency)
            }
        } else if let idle = record.idleSeconds {
            return shared.value.evictionClock.mark(idleSeconds: Int64(clamping: idle))
        }
        return shared.value.evictionClock.newborn
    }

    private mutating func flush() throws(RDBError) {
        for pending in batch { try insert(pending) }
        batch.removeAll(keepingCapacity: true)
    }

    private mutating func insert(_ pending: PendingKey) throws(RDBError) {
        guard let key = pending.key.bytes(using: &keyScratch) else {
            preconditionFailure("the key was decompressed before")
        }
        let string: StringValue
        switch pending.value {
        case .integer(let value): string = .integer(value)
        case .plain, .compressed:
            guard let text = pending.value.bytes(using: &valueScratch) else {
                throw failure(.corrupt(RDBInput.damagedCompression), pending, key)
            }
            string = StringValue(text)
        }
        let name = Key(key, hash: pending.hash)
        if options.replacesKeys { database.remove(name) }
        let isNew = database.load(
            name, string: string, deadline: pending.deadline,
            clock: pending.clock)
        guard isNew else {
            throw failure(
                .duplicateKey(ByteString(key), database: database.index), pending, key)
        }
        counts.keysLoaded += 1
    }

    private func failure(
        _ reason: RDBError.Reason, _ pending: PendingKey, _ key: ByteSlice
    ) -> RDBError {
        RDBError(
            offset: pending.offset, step: .readObjectValue, reason: reason, key: ByteString(key),
            type: RDBType.string.rawValue)
    }
}

extension RDBReader {
    /// Consumes a value that the keyspace can hold; of any other type it is an error, not skipped.
    mutating func loadableValue(of type: RDBType) throws(RDBError) -> RDBString {
        switch type {
        case .string: return try input.string()
        case .modulePreRelease, .moduleValue:
            let name = ModuleName.text(of: try input.number())
            throw input.failure(.moduleValue(name))
        default: throw input.failure(.notRepresentable(type.rawValue))
        }
    }
}
