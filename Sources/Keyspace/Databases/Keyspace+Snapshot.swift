import Bytes
import Structures

/// How far a snapshot has come, and how much there is.
public struct SnapshotProgress: Sendable {
    public var keysSaved = 0
    public var keysTotal = 0
}

// A snapshot of the keyspace: the state at the moment of `beginSnapshot`, taken in slices.
//
// The walk visits each database's buckets that are not saved yet; a change saves its bucket first
// (`Database.prepare`). Databases that are flushed meanwhile hand their table to the walk.
extension Keyspace {
    public var isSnapshotting: Bool { shared.value.isSnapshotting }

    /// Marks this moment as the one that `sink` is to be given. One snapshot runs at a time.
    public func beginSnapshot(into sink: any SnapshotSink) {
        precondition(!isSnapshotting)
        shared.value.isSnapshotting = true
        shared.value.sink = sink
        for index in 0..<databaseCount {
            self[index].state.value.snapshotIndex = index
            self[index].state.value.keys.beginSnapshot()
        }
    }

    /// Saves buckets of the walk until `shouldStop` says so.
    ///
    /// - Parameters:
    ///   - position: where the walk is; made new for each snapshot.
    ///   - shouldStop: asked after every sixteen buckets.
    /// - Returns: whether the walk has reached the end.
    public func continueSnapshot(
        _ position: inout KeyspacePosition, until shouldStop: () -> Bool
    ) -> Bool {
        precondition(isSnapshotting)
        while position.database < databaseCount {
            let database = snapshotOrder(position.database)
            while !database.state.value.keys.isAtEnd(position.position) {
                var budget = KeyspacePosition.bucketsPerStep
                while let bucket = database.state.value.keys.nextUnsaved(
                    &position.position, budget: &budget)
                {
                    database.save(bucket)
                }
                if shouldStop() { return false }
            }
            position.database += 1
            position.position = SnapshotPosition()
        }
        return saveDetached(until: shouldStop)
    }

    /// The database that had this index when the snapshot began; a swap moves it.
    private func snapshotOrder(_ index: Int) -> Database {
        for current in 0..<databaseCount
        where self[current].state.value.snapshotIndex == index { return self[current] }
        preconditionFailure("every database has an index")
    }

    private func saveDetached(until shouldStop: () -> Bool) -> Bool {
        while let index = shared.value.detached.firstIndex(where: { $0.isBeingSaved }) {
            let detached = shared.value.detached[index]
            var position = detached.position
            while !detached.table.value.isAtEnd(position) {
                var budget = KeyspacePosition.bucketsPerStep
                while let bucket = detached.table.value.nextUnsaved(&position, budget: &budget) {
                    if let sink = shared.value.sink {
                        unsafe detached.table.value.forEach(in: bucket) {
                            unsafe sink.save(Entry(address: $0), in: detached.snapshotIndex)
                        }
                    }
                    detached.table.value.markSaved(bucket)
                }
                shared.value.detached[index].position = position
                if shouldStop() { return false }
            }
            release(index)
        }
        return true
    }

    /// Hands a table that the snapshot is done with to those that only wait to be freed.
    private func release(_ index: Int) {
        let table = shared.value.detached[index].table
        table.value.endSnapshot()
        table.value.setAside()
        shared.value.detached[index].isBeingSaved = false
        shared.value.detached[index].position = SnapshotPosition()
    }

    /// Goes on with a snapshot that failed without saving anything: the bits have to be set all
    /// the same before the next one can begin.
    public func abandonSnapshot() { shared.value.sink = nil }

    /// Ends a snapshot whose walk has reached the end.
    public func endSnapshot() {
        precondition(isSnapshotting)
        for index in 0..<databaseCount { self[index].state.value.keys.endSnapshot() }
        shared.value.sink = nil
        shared.value.isSnapshotting = false
    }
}

/// Where the walk of a snapshot is.
public struct KeyspacePosition {
    static let bucketsPerStep = 16

    var database = 0
    var position = SnapshotPosition()

    public init() {}
}
