import Bytes
import Structures

extension Database {
    func slot(of key: Key) -> TableSlot? {
        unsafe state.value.keys.find(key.hash) { unsafe Entry(address: $0).key == key.bytes }
    }

    func entry(in slot: TableSlot) -> Entry { unsafe Entry(address: slot.element) }

    /// The entry of a key for a command that reads it: counts hit or miss and marks the use.
    public func entry(of key: Key) -> Entry? {
        guard let entry = find(key) else {
            shared.value.misses &+= 1
            notify(.miss, key)
            return nil
        }
        shared.value.hits &+= 1
        touch(entry)
        return entry
    }

    /// The entry of a key for a command that asks about it without using it: counts hit or miss,
    /// but marks no use.
    ///
    /// - Parameter tellsMiss: whether a miss is an event.
    public func entryUnmarked(of key: Key, tellsMiss: Bool = true) -> Entry? {
        guard let entry = find(key) else {
            shared.value.misses &+= 1
            if tellsMiss { notify(.miss, key) }
            return nil
        }
        shared.value.hits &+= 1
        return entry
    }

    /// The entry of a key for a command that is going to change it: marks the use.
    public func entryForChange(of key: Key) -> Entry? {
        guard let entry = find(key) else { return nil }
        touch(entry)
        return entry
    }

    /// The entry of a key without a trace: no mark of use, no count.
    public func entryUntouched(of key: Key) -> Entry? { find(key) }

    public func contains(_ key: Key) -> Bool { find(key) != nil }

    /// A live entry; one whose deadline has passed goes now.
    private func find(_ key: Key) -> Entry? {
        if shared.value.footprint.isKept { shared.value.footprint.see(key.hash) }
        guard let slot = slot(of: key) else { return nil }
        let entry = entry(in: slot)
        guard entry.hasDeadline, isPast(entry) else { return entry }
        guard shared.value.expiresOnAccess else { return entry }
        expire(key)
        return nil
    }

    /// Whether the deadline of an entry has passed.
    public func isPast(_ entry: Entry) -> Bool {
        guard let deadline = entry.deadline else { return false }
        return shared.value.now > deadline
    }

    /// Marks a use of the entry for eviction, unless the client wants its uses to leave no mark.
    public func touch(_ entry: Entry) {
        guard !shared.value.leavesNoTrace else { return }
        mark(entry)
    }

    /// Marks a use of the entry for eviction.
    public func mark(_ entry: Entry) {
        let mark = shared.value.evictionClock.touched(entry.clock)
        if mark != entry.clock { entry.clock = mark }
    }

    /// A key drawn at random, live as far as drawing often enough can tell.
    ///
    /// - Parameter random: gives 64 random bits a call.
    public func randomEntry(_ random: () -> UInt64) -> Entry? {
        let drawsMax = 100
        for _ in 0..<drawsMax {
            guard let element = unsafe state.value.keys.randomElement(random) else { return nil }
            let entry = unsafe Entry(address: element)
            guard isPast(entry), shared.value.expiresOnAccess else { return entry }
            expire(Key(entry.key))
        }
        return unsafe state.value.keys.randomElement(random).map { unsafe Entry(address: $0) }
    }

    /// Visits the entries at a cursor and returns the next cursor; a pass from 0 to 0 visits every
    /// key that stays in the database all the while.
    public func scan(from cursor: ScanCursor, _ visit: (Entry) -> Void) -> ScanCursor {
        unsafe state.value.keys.scan(from: cursor) { unsafe visit(Entry(address: $0)) }
    }

    /// Notes that the running command's outcome depends on the whole database.
    public func seeEverything() { shared.value.footprint.seeEverything() }
}
