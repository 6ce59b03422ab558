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
        /// Collections without elements, which are no keys.
        public var emptyKeysSkipped = 0
    }

    /// So many empty keys are told by name.
    private static let emptyKeysNamed = 10

    private static let batchSize = 32

    private let keyspace: Keyspace
    private let options: Options
    private var reader: RDBReader
    private var database: Database
    private var batch: [PendingKey] = []
    private var values: ValueLoader
    private var keyScratch = ByteBuffer()
    private var valueScratch = ByteBuffer()

    public private(set) var counts = Counts()

    /// The AUX fields met so far.
    public private(set) var auxiliary: [RDBFile.Auxiliary] = []

    /// The codes of the libraries of functions met so far, which the caller takes.
    public private(set) var functionLibraries: [ByteString] = []

    /// The first keys that were skipped because their collection was empty.
    public private(set) var emptyKeys: [ByteString] = []

    /// What the footer said, once everything is loaded.
    public private(set) var checksum: RDBChecksum?

    /// - Parameter bytes: the file from its first byte, to stay in place until the end.
    public init(_ bytes: ByteSlice, into keyspace: Keyspace, options: Options) {
        self.keyspace = keyspace
        self.options = options
        reader = RDBReader(bytes, verifyingChecksum: options.verifiesChecksum)
        database = keyspace[0]
        values = ValueLoader(
            keyspace.shared.value.encodings, dropsFieldsBefore: options.dropsExpiredBefore)
        batch.reserveCapacity(Self.batchSize)
    }

    deinit { for pending in batch { pending.value.free() } }

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
        case .functionLibrary(let code): functionLibraries.append(code)
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

/// The value of a key that waits: a string as it stands in the file, or a collection made aside.
private enum PendingValue {
    case string(RDBString)
    case collection(StoredValue)

    func free() {
        if case .collection(let value) = self { value.free() }
    }
}

/// A key that has been read and waits for its bucket to arrive in the cache.
private struct PendingKey {
    let key: RDBString
    let hash: UInt64
    let value: PendingValue
    let deadline: Int64?
    let clock: UInt32
    /// Where the record ended, for messages.
    let offset: Int
}

extension RDBLoader {
    private mutating func load(_ record: RDBRecord) throws(RDBError) {
        guard let value = try value(of: record) else { return }
        if let now = options.dropsExpiredBefore, let deadline = record.deadline, deadline < now {
            counts.keysExpired += 1
            return value.free()
        }
        guard let key = record.key.bytes(using: &keyScratch) else {
            value.free()
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

    /// Consumes the value of a record; nothing when it is a collection without elements.
    private mutating func value(of record: RDBRecord) throws(RDBError) -> PendingValue? {
        if record.type == .string { return .string(try reader.input.string()) }
        do throws(RDBError) {
            return .collection(try values.load(record.type, from: &reader.input))
        } catch {
            guard error.reason == .emptyValue else { throw error }
            counts.emptyKeysSkipped += 1
            if emptyKeys.count < Self.emptyKeysNamed,
                let key = record.key.bytes(using: &keyScratch)
            {
                emptyKeys.append(ByteString(key))
            }
            return nil
        }
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
        var index = 0
        // What fails leaves the values behind it to `deinit`.
        defer { batch.removeFirst(index) }
        while index < batch.count {
            index += 1
            try insert(batch[index - 1])
        }
    }

    private mutating func insert(_ pending: PendingKey) throws(RDBError) {
        guard let key = pending.key.bytes(using: &keyScratch) else {
            preconditionFailure("the key was decompressed before")
        }
        let name = Key(key, hash: pending.hash)
        if options.replacesKeys { database.remove(name) }
        guard try insert(pending, at: name) else {
            pending.value.free()
            throw failure(
                .duplicateKey(ByteString(key), database: database.index), pending, key)
        }
        counts.keysLoaded += 1
    }

    /// Returns false when the key is there.
    private mutating func insert(
        _ pending: PendingKey, at key: Key
    ) throws(RDBError) -> Bool {
        switch pending.value {
        case .collection(let value):
            return database.load(
                key, value: value, deadline: pending.deadline, clock: pending.clock)
        case .string(let string):
            let value: StringValue
            if case .integer(let integer) = string {
                value = .integer(integer)
            } else if let text = string.bytes(using: &valueScratch) {
                value = StringValue(text)
            } else {
                throw failure(.corrupt(RDBInput.damagedCompression), pending, key.bytes)
            }
            return database.load(
                key, string: value, deadline: pending.deadline, clock: pending.clock)
        }
    }

    private func failure(
        _ reason: RDBError.Reason, _ pending: PendingKey, _ key: ByteSlice
    ) -> RDBError {
        RDBError(
            offset: pending.offset, step: .readObjectValue, reason: reason, key: ByteString(key),
            type: RDBType.string.rawValue)
    }
}
