import Bytes
import Structures

/// What one database holds.
struct DatabaseState: ~Copyable {
    var keys = SegmentedTable<Entry>()
    /// The entries of `keys` that have a deadline.
    var deadlines = SegmentedTable<Entry>()
    var index: Int
    /// The index that the database had when the running snapshot began.
    var snapshotIndex: Int
    /// Where the expiry cycle goes on in `deadlines`.
    var expiryCursor = ScanCursor.start
    /// The entries of `keys` whose hash has fields with a deadline.
    var fieldDeadlines = SegmentedTable<Entry>()
    /// Where the expiry cycle goes on in `fieldDeadlines`.
    var fieldCursor = ScanCursor.start
    /// Mean time to live of the keys that the expiry cycle met lately, in milliseconds.
    var averageTimeToLive: Int64 = 0
    let shared: Reference<SharedState>
}

/// A database of the keyspace: keys, their values and deadlines.
///
/// A handle; all handles of a database are the same database. Every change goes through the doors
/// of this type (`Database+Change.swift`, `+String`, `+Expiry`), where the snapshot, the deadlines,
/// watchers and the reply gate hear of it. Entries that a door returns are valid until the next
/// change.
public struct Database: Equatable {
    let state: Reference<DatabaseState>

    init(index: Int, shared: Reference<SharedState>) {
        state = Reference(
            to: DatabaseState(index: index, snapshotIndex: index, shared: shared))
    }

    func free() {
        removeEntries()
        state.free()
    }

    public var index: Int { state.value.index }
    public var shared: Reference<SharedState> { state.value.shared }

    /// Number of keys, those included whose deadline has passed unnoticed.
    public var count: Int { state.value.keys.count }
    public var countWithDeadline: Int { state.value.deadlines.count }
    /// Milliseconds, as the expiry cycle has lately seen it; 0 when no key has a deadline.
    public var averageTimeToLive: Int64 {
        countWithDeadline == 0 ? 0 : state.value.averageTimeToLive
    }
    public var isEmpty: Bool { count == 0 }

    /// Bytes that the tables take, without the entries.
    public var tableSize: Int { state.value.keys.size + deadlineTableSize }
    /// The part of it that the deadlines take.
    public var deadlineTableSize: Int {
        state.value.deadlines.size + state.value.fieldDeadlines.size
    }
    public var bucketCount: Int { state.value.keys.bucketCount }

    /// Makes room ahead for as many keys as a file says will come. Only while empty.
    public func reserve(keys: Int, deadlines: Int) {
        state.value.keys.reserve(keys)
        state.value.deadlines.reserve(deadlines)
    }

    /// Visits every entry, those included whose deadline has passed.
    public func forEach(_ visit: (Entry) -> Void) {
        unsafe state.value.keys.forEach { unsafe visit(Entry(address: $0)) }
    }

    func removeEntries() {
        unsafe state.value.keys.forEach { unsafe Entry(address: $0).free() }
    }
}
