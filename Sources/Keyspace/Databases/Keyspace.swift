import Bytes
import Structures

/// The data set: all databases, and what happens to all of them at once.
///
/// One thread owns it. The snapshot's part stands in `Keyspace+Snapshot.swift`.
public final class Keyspace {
    public let shared: Reference<SharedState>
    private var databases: [Database]

    public init(databaseCount: Int) {
        precondition(databaseCount > 0)
        let shared = Reference(to: SharedState())
        self.shared = shared
        databases = (0..<databaseCount).map { Database(index: $0, shared: shared) }
    }

    deinit {
        for database in databases { database.free() }
        freeDetached(budget: .max)
        shared.free()
    }

    public var databaseCount: Int { databases.count }
    public subscript(index: Int) -> Database { databases[index] }

    public var isEmpty: Bool { databases.allSatisfy { $0.isEmpty } }

    /// Number of keys in all databases.
    public var count: Int { databases.reduce(0) { $0 + $1.count } }
    public var countWithDeadline: Int { databases.reduce(0) { $0 + $1.countWithDeadline } }

    /// Bytes that tables take, without the entries.
    public var tableSize: Int { databases.reduce(0) { $0 + $1.tableSize } }

    /// Empties one database, or all.
    ///
    /// The tables are set aside whole; a running snapshot saves them from there. Freeing their
    /// entries happens here and now, or in slices of `freeDetached` when `lazily`.
    ///
    /// - Returns: the number of keys that went.
    @discardableResult
    public func flush(_ database: Database? = nil, lazily: Bool) -> Int {
        let flushed = database.map { [$0] } ?? databases
        var removed = 0
        for database in flushed {
            removed += database.count
            tellWatchers(of: database)
            if !database.isEmpty { detach(database) }
        }
        for database in flushed { database.tellReplaced() }
        if shared.value.isTracked { shared.value.onTrackedFlush?() }
        shared.value.footprint.changeEverything()
        if !lazily { freeDetached(budget: .max) }
        return removed
    }

    private func tellWatchers(of database: Database) {
        guard shared.value.watchedCount > 0 else { return }
        database.forEach { shared.value.onWatchedChange?(database.index, $0.key) }
    }

    /// Exchanges what two databases hold. Clients that have either selected see the other's keys.
    public func swap(_ left: Int, _ right: Int) {
        tellWatchers(of: databases[left])
        tellWatchers(of: databases[right])
        databases.swapAt(left, right)
        databases[left].state.value.index = left
        databases[right].state.value.index = right
        // Watched keys that only the other database had have changed too.
        tellWatchers(of: databases[left])
        tellWatchers(of: databases[right])
        databases[left].tellReplaced()
        databases[right].tellReplaced()
        shared.value.footprint.changeEverything()
    }

    // MARK: Tables set aside

    private func detach(_ database: Database) {
        var fresh = SegmentedTable<Entry>()
        if database.state.value.keys.isSnapshotting { fresh.beginSnapshot() }
        var keys = exchange(&database.state.value.keys, with: fresh)
        database.state.value.deadlines = SegmentedTable<Entry>()
        database.state.value.expiryCursor = .start
        database.state.value.fieldDeadlines = SegmentedTable<Entry>()
        database.state.value.fieldCursor = .start
        database.state.value.averageTimeToLive = 0
        let isBeingSaved = keys.isSnapshotting
        if !isBeingSaved { keys.setAside() }
        shared.value.detached.append(
            DetachedTable(
                table: Reference(to: keys), snapshotIndex: database.state.value.snapshotIndex,
                isBeingSaved: isBeingSaved))
    }

    /// Number of entries that wait to be freed.
    public var detachedCount: Int {
        shared.value.detached.reduce(0) { $0 + $1.table.value.count }
    }

    /// Whether `freeDetached` has something to do; what a snapshot still needs does not count.
    public var hasDetachedToFree: Bool {
        shared.value.detached.contains { !$0.isBeingSaved }
    }

    /// Frees entries of tables that were set aside and that no snapshot needs any more.
    ///
    /// - Parameter budget: buckets to empty, at the most. When it is limited, large values are freed
    ///   elsewhere.
    public func freeDetached(budget: Int) {
        var budget = budget
        let take = budget < .max ? shared.value.onUnreachable : nil
        while budget > 0,
            let index = shared.value.detached.firstIndex(where: { !$0.isBeingSaved })
        {
            let table = shared.value.detached[index].table
            // The walk of a snapshot is used as a walk of destruction: 'saved' means freed.
            var position = shared.value.detached[index].position
            while let bucket = table.value.nextUnsaved(&position, budget: &budget) {
                unsafe table.value.forEach(in: bucket) {
                    unsafe Entry(address: $0).free(leavingLargeTo: take)
                }
                table.value.markSaved(bucket)
            }
            shared.value.detached[index].position = position
            guard table.value.isAtEnd(position) else { return }
            shared.value.detached.remove(at: index)
            table.free()
        }
    }
}

/// A table without a database: flushed, and waiting to be saved, then freed.
struct DetachedTable {
    let table: Reference<SegmentedTable<Entry>>
    let snapshotIndex: Int
    var isBeingSaved: Bool
    var position = SnapshotPosition()
}

extension SegmentedTable {
    /// Marks every bucket as not saved, for the walk that frees a table set aside.
    mutating func setAside() { beginSnapshot() }
}
