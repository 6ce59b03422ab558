import Bytes
import Structures

/// What a write does to the deadline of its key.
public enum DeadlineChange {
    case remove
    case keep
    /// Unix milliseconds.
    case set(Int64)

    func applied(to current: Int64?) -> Int64? {
        switch self {
        case .remove: nil
        case .keep: current
        case .set(let deadline): deadline
        }
    }
}

// The doors through which a database changes. Each begins with `prepare`, so that the running
// snapshot has the bucket as it was, and ends with `changed`.
extension Database {
    /// Lets the running snapshot save the bucket of a hash before it changes.
    func prepare(_ hash: UInt64) {
        guard state.value.keys.isSnapshotting else { return }
        saveBucket(of: hash)
    }

    /// Whether a change of the key would first have to save its bucket.
    public func needsSaving(_ hash: UInt64) -> Bool {
        guard state.value.keys.isSnapshotting else { return false }
        return !state.value.keys.isSaved(state.value.keys.bucket(of: hash))
    }

    private func saveBucket(of hash: UInt64) {
        let bucket = state.value.keys.bucket(of: hash)
        guard !state.value.keys.isSaved(bucket) else { return }
        save(bucket)
    }

    func save(_ bucket: TableBucket) {
        if let sink = shared.value.sink {
            let index = state.value.snapshotIndex
            unsafe state.value.keys.forEach(in: bucket) {
                unsafe sink.save(Entry(address: $0), in: index)
            }
        }
        state.value.keys.markSaved(bucket)
    }

    func changed(_ key: Key) {
        if shared.value.footprint.isKept { shared.value.footprint.change(key.hash) }
        if shared.value.watchedCount != 0 { shared.value.onWatchedChange?(index, key.bytes) }
        if shared.value.awaited.count != 0 { tellWaiting(key) }
        if shared.value.isTracked { shared.value.onTrackedChange?(key.bytes) }
        if shared.value.evictionClock.subject == .lastChange { markChange(of: key) }
    }

    /// Notes when the key was changed, for the policies that evict what was not for the longest.
    @inline(never)
    private func markChange(of key: Key) {
        guard let slot = slot(of: key) else { return }
        entry(in: slot).clock = shared.value.evictionClock.newborn
    }

    /// Tells who waits for a key that it has changed.
    @inline(never)
    private func tellWaiting(_ key: Key) {
        guard shared.value.awaited.mayContain(key.hash) else { return }
        shared.value.onAwaitedChange?(index, key, slot(of: key).map { entry(in: $0).type })
    }

    /// Tells who waits for keys of this database that all of them may have changed.
    func tellReplaced() {
        if shared.value.awaited.count != 0 { shared.value.onReplaced?(index) }
    }

    /// Inserts an entry whose key is absent, and tells of the new key.
    func add(_ entry: Entry, hash: UInt64) {
        insert(entry, hash: hash)
        notify(.creation, Key(entry.key, hash: hash))
    }

    /// Inserts an entry whose key is absent.
    func insert(_ entry: Entry, hash: UInt64) {
        unsafe state.value.keys.insert(entry.address, hash: hash)
        if entry.hasDeadline { unsafe state.value.deadlines.insert(entry.address, hash: hash) }
        indexFields(entry, hash: hash)
    }

    /// Puts another entry of the same key in the place of one, and keeps the deadlines true. The
    /// old entry is the caller's to free.
    func replace(_ slot: TableSlot, by entry: Entry, hash: UInt64) {
        let old = self.entry(in: slot)
        forgetFields(old, hash: hash)
        let deadlineSlot =
            old.hasDeadline
            ? unsafe state.value.deadlines.find(hash) { unsafe $0 == old.address } : nil
        precondition((deadlineSlot != nil) == old.hasDeadline)
        unsafe state.value.keys.replace(slot, by: entry.address)
        switch (deadlineSlot, entry.hasDeadline) {
        case (nil, false): break
        case (nil, true): unsafe state.value.deadlines.insert(entry.address, hash: hash)
        case (let found?, true):
            unsafe state.value.deadlines.replace(found, by: entry.address)
        case (let found?, false): state.value.deadlines.remove(found, hash: hash)
        }
        indexFields(entry, hash: hash)
    }

    /// Takes an entry out of the tables; it is the caller's from here on.
    func takeOut(_ slot: TableSlot, hash: UInt64) -> Entry {
        let entry = entry(in: slot)
        forgetFields(entry, hash: hash)
        if entry.hasDeadline {
            let found = unsafe state.value.deadlines.find(hash) { unsafe $0 == entry.address }
            precondition(found != nil, "a deadline is in the index")
            if let found { state.value.deadlines.remove(found, hash: hash) }
        }
        state.value.keys.remove(slot, hash: hash)
        return entry
    }

    /// Removes a key with its value, to make room for another. Returns whether it was there.
    ///
    /// - Parameter lazily: whether a large value may be freed on another thread.
    @discardableResult
    public func remove(_ key: Key, lazily: Bool = false) -> Bool {
        guard entryUntouched(of: key) != nil else { return false }
        return removeRegardless(key, lazily: lazily)
    }

    /// Removes a key for a client that wants it gone: with the event of a deletion.
    @discardableResult
    public func delete(_ key: Key, lazily: Bool = false) -> Bool {
        guard remove(key, lazily: lazily) else { return false }
        notify(.deletion, key)
        return true
    }

    /// Removes a key even if its deadline has passed.
    @discardableResult
    func removeRegardless(_ key: Key, lazily: Bool) -> Bool {
        prepare(key.hash)
        guard let slot = slot(of: key) else { return false }
        changed(key)
        free(takeOut(slot, hash: key.hash), lazily: lazily)
        return true
    }

    /// Gives a live key another deadline, or none.
    public func setDeadline(_ deadline: Int64?, of key: Key) {
        prepare(key.hash)
        guard let slot = slot(of: key) else { return }
        let entry = entry(in: slot)
        switch deadline {
        case let deadline? where entry.hasDeadline:
            entry.setDeadline(deadline)
        case nil where !entry.hasDeadline:
            break
        default:
            let remade = entry.remade(deadline: deadline)
            replace(slot, by: remade, hash: key.hash)
            entry.freeShell()
        }
        changed(key)
        notify(.generic(deadline == nil ? "persist" : "expire"), key)
    }

    /// Moves an entry with value and deadline to another key, in this or another database, where
    /// that key must be absent.
    public func move(_ key: Key, to newKey: Key, in target: Database) {
        prepare(key.hash)
        target.prepare(newKey.hash)
        guard let slot = slot(of: key) else { return }
        precondition(target.slot(of: newKey) == nil, "the target was removed before")
        changed(key)
        let entry = takeOut(slot, hash: key.hash)
        let moved = entry.remade(key: newKey.bytes, deadline: entry.deadline)
        entry.freeShell()
        target.add(moved, hash: newKey.hash)
        target.changed(newKey)
        notify(.generic(target == self ? "rename_from" : "move_from"), key)
        target.notify(.generic(target == self ? "rename_to" : "move_to"), newKey)
    }

    /// Copies value and deadline of an entry to another key, which must be absent.
    ///
    /// The entry is read before the target changes, so it may be of the same database.
    public func copy(_ entry: Entry, to newKey: Key, in target: Database) {
        target.prepare(newKey.hash)
        precondition(target.slot(of: newKey) == nil, "the target was removed before")
        let copy = entry.copied(key: newKey.bytes)
        copy.clock = shared.value.evictionClock.newborn
        target.add(copy, hash: newKey.hash)
        target.changed(newKey)
        target.notify(.generic("copy_to"), newKey)
    }

    /// Sets recency or frequency of an entry, as `RESTORE` and the RDB give them.
    public func setClock(_ mark: UInt32, of key: Key) {
        guard let slot = slot(of: key) else { return }
        entry(in: slot).clock = mark
    }

    /// Inserts a key that is known to be absent while data is loaded: no snapshot runs, nobody
    /// watches. Returns false, and changes nothing, when the key is there.
    public func load(
        _ key: Key, string: StringValue, deadline: Int64?, clock: UInt32
    ) -> Bool {
        guard slot(of: key) == nil else { return false }
        insert(
            Entry.make(key: key.bytes, string: string, deadline: deadline, clock: clock),
            hash: key.hash)
        return true
    }
}
