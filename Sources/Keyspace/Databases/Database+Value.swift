import Bytes
import Structures

// The doors for values that stand outside of their entry: lists, sets, hashes, sorted sets, streams.
//
// A command that changes one asks for its entry (`valueForChange`), or makes it (`makeValue`), changes
// the value through the handle of its type, and says so (`valueChanged`).
extension Database {
    /// The entry of a key for a command that is going to change its value in place; marks the use.
    /// The entry is valid until another key changes.
    public func valueForChange(of key: Key) -> Entry? {
        guard let entry = entryForChange(of: key) else { return nil }
        prepare(key.hash)
        return entry
    }

    /// Inserts a key, which must be absent, with a value made aside. The database owns it from here
    /// on. `valueChanged` is still to be called.
    @discardableResult
    public func insert(_ value: StoredValue, at key: Key) -> Entry {
        prepare(key.hash)
        let entry = Entry.make(
            key: key.bytes, value: value, deadline: nil,
            clock: shared.value.evictionClock.newborn)
        add(entry, hash: key.hash)
        return entry
    }

    /// Notes that the value of a key has changed, and removes the key if the value became empty.
    ///
    /// - Parameter event: nothing when nobody is told of such a change.
    public func valueChanged(_ key: Key, _ event: KeyEvent?, isEmpty: Bool = false) {
        if let event { notify(event, key) }
        if isEmpty {
            notify(.deletion, key)
            removeRegardless(key, lazily: false)
        } else {
            changed(key)
        }
    }

    /// Notes that something about the value of a key has changed of which neither who watches the key
    /// nor who waits for it is told: what the groups of a stream remember.
    public func valueChangedQuietly(_ key: Key, _ event: KeyEvent? = nil) {
        if shared.value.footprint.isKept { shared.value.footprint.change(key.hash) }
        if let event { notify(event, key) }
    }

    /// Puts a value that was made aside in the place of whatever the key holds.
    public func store(
        _ value: StoredValue, at key: Key, deadline change: DeadlineChange = .remove,
        _ event: KeyEvent
    ) {
        prepare(key.hash)
        let newborn = shared.value.evictionClock.newborn
        guard let slot = liveSlot(of: key) else {
            add(
                Entry.make(
                    key: key.bytes, value: value, deadline: change.applied(to: nil),
                    clock: newborn),
                hash: key.hash)
            changed(key)
            return notify(event, key)
        }
        let old = entry(in: slot)
        let clock = shared.value.evictionClock.countsFrequency ? old.clock : newborn
        replace(
            slot,
            by: Entry.make(
                key: key.bytes, value: value, deadline: change.applied(to: old.deadline),
                clock: clock),
            hash: key.hash)
        free(old, lazily: shared.value.freesLazily.overwritten)
        changed(key)
        notify(event, key)
    }

    /// Inserts a key that is known to be absent while data is loaded: no snapshot runs, nobody
    /// watches. Returns false, and leaves the value to the caller, when the key is there.
    public func load(
        _ key: Key, value: StoredValue, deadline: Int64?, clock: UInt32
    ) -> Bool {
        guard slot(of: key) == nil else { return false }
        insert(
            Entry.make(key: key.bytes, value: value, deadline: deadline, clock: clock),
            hash: key.hash)
        return true
    }
}

extension Entry {
    /// Makes an entry of a value that was made aside.
    static func make(key: ByteSlice, value: StoredValue, deadline: Int64?, clock: UInt32) -> Entry {
        let entry = make(
            key: key, type: value.type, encoding: value.encoding, areaCount: 8, isOutside: true,
            deadline: deadline, clock: clock)
        unsafe entry.outsideAddress = unsafe value.address
        return entry
    }

    /// Puts another root, of the same type, in the place of the value's. The old one is the
    /// caller's.
    @inlinable
    func setRoot(_ value: StoredValue) {
        unsafe outsideAddress = unsafe value.address
        encoding = value.encoding
    }
}
