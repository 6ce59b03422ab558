import Bytes
import Keyspace
import Persistence

/// What of a key is compared.
struct KeyContent {
    let digest: UInt64
    let deadline: Int64?
    let type: RDBType

    /// Reads the value that a walk has come to; nothing when it holds no elements.
    init?(of entry: RDBEntry, _ walk: inout RDBWalk) throws(ToolFailure) {
        let value = try walk.value()
        guard value != nil else { return nil }
        digest = ValueDigest.of(value)
        if case .collection(let stored) = value { stored.free() }
        deadline = entry.record.deadline
        type = entry.record.type
    }

    /// What differs, in words.
    func changes(to other: KeyContent) -> [RDBDifference.Change] {
        var changes: [RDBDifference.Change] = []
        if type.valueTypeName != other.type.valueTypeName {
            changes.append(.type(type.valueTypeName, other.type.valueTypeName))
        } else if digest != other.digest {
            changes.append(.value)
        }
        if deadline != other.deadline { changes.append(.deadline(deadline, other.deadline)) }
        return changes
    }
}

/// The keys of one file in one part of a comparison, by their hash.
///
/// A key is not kept: it is looked up in the file again, where its record begins.
struct KeyIndex {
    struct Entry {
        let hash: UInt64
        let offset: Int
        let database: Int
        /// What of it is compared, if it is.
        let content: KeyContent?
    }

    private let bytes: ByteSlice
    private var version = 0
    private var entries: [Entry] = []
    private var isTaken: [Bool] = []

    init(_ bytes: ByteSlice) { self.bytes = bytes }

    mutating func append(_ hash: UInt64, _ entry: RDBEntry, _ content: KeyContent? = nil) {
        entries.append(
            Entry(hash: hash, offset: entry.start, database: entry.database, content: content))
    }

    mutating func finish(version: Int) {
        self.version = version
        entries.sort { $0.hash < $1.hash }
        isTaken = [Bool](repeating: false, count: entries.count)
    }

    /// Finds a key and notes that it was found.
    mutating func take(_ hash: UInt64, _ key: ByteSlice, database: Int) -> KeyContent? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        var scratch = ByteBuffer()
        while low < entries.count, entries[low].hash == hash {
            let entry = entries[low]
            if !isTaken[low], entry.database == database,
                let own = Self.key(at: entry.offset, in: bytes, version, &scratch), own == key
            {
                isTaken[low] = true
                return entry.content
            }
            low += 1
        }
        return nil
    }

    /// A key that comes twice.
    func firstDuplicate() -> (key: ByteString, database: Int, offset: Int)? {
        var scratch = ByteBuffer()
        for (first, second) in zip(entries, entries.dropFirst())
        where first.hash == second.hash && first.database == second.database {
            let key = Self.key(at: first.offset, in: bytes, version, &scratch)
            guard let known = key.map({ ByteString($0) }),
                let again = Self.key(at: second.offset, in: bytes, version, &scratch),
                known.withSlice({ $0 == again })
            else { continue }
            return (known, first.database, max(first.offset, second.offset))
        }
        return nil
    }

    /// What was never found, in the order of the file.
    var unmatched: [Entry] {
        zip(entries, isTaken).filter { !$0.1 }.map(\.0).sorted { $0.offset < $1.offset }
    }

    /// The key of the record that begins at an offset.
    static func key(
        at offset: Int, in bytes: ByteSlice, _ version: Int, _ scratch: inout ByteBuffer
    ) -> ByteSlice? {
        var reader = RDBReader(resuming: bytes, from: offset, version: version)
        guard case .record(let record)? = try? reader.next() else { return nil }
        return record.key.bytes(using: &scratch)
    }
}
