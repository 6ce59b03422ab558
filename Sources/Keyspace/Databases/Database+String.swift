import Bytes
import CPlatform
import Structures

extension Database {
    /// Sets a key to a string, whatever it held.
    @inline(__always)
    public func set(
        _ key: Key, to string: StringValue, deadline change: DeadlineChange, _ event: KeyEvent
    ) {
        setUntold(key, to: string, deadline: change)
        notify(event, key)
    }

    /// Sets a key to a string of which the event is still to be told.
    public func setUntold(_ key: Key, to string: StringValue, deadline change: DeadlineChange) {
        prepare(key.hash)
        let newborn = shared.value.evictionClock.newborn
        guard let slot = liveSlot(of: key) else {
            let entry = Entry.make(
                key: key.bytes, string: string, deadline: change.applied(to: nil), clock: newborn)
            add(entry, hash: key.hash)
            return changed(key)
        }
        let entry = entry(in: slot)
        let deadline = change.applied(to: entry.deadline)
        if (deadline != nil) == entry.hasDeadline, entry.overwrite(with: string) {
            if let deadline { entry.setDeadline(deadline) }
        } else {
            let clock = shared.value.evictionClock.countsFrequency ? entry.clock : newborn
            let made = Entry.make(
                key: key.bytes, string: string, deadline: deadline, clock: clock)
            replace(slot, by: made, hash: key.hash)
            free(entry, lazily: shared.value.freesLazily.overwritten)
        }
        changed(key)
    }

    /// The slot of a key that is there and whose deadline has not passed; one past it goes now, so
    /// that its end is known and counted before the key is made anew.
    func liveSlot(of key: Key) -> TableSlot? {
        guard let slot = slot(of: key) else { return nil }
        let entry = entry(in: slot)
        guard entry.hasDeadline, isPast(entry), shared.value.expiresOnAccess else { return slot }
        expire(key)
        return nil
    }

    /// Appends to the string of a live key of type string. Returns its new length.
    public func append(_ bytes: ByteSlice, to key: Key, _ event: KeyEvent) -> Int {
        let count = write(bytes, into: key, at: nil)
        notify(event, key)
        return count
    }

    /// Overwrites a part of the string of a live key of type string, with zero bytes up to the
    /// offset where it is shorter. Returns its new length.
    public func overwrite(
        _ key: Key, at offset: Int, with bytes: ByteSlice, _ event: KeyEvent
    ) -> Int {
        let count = write(bytes, into: key, at: offset)
        notify(event, key)
        return count
    }

    private func write(_ bytes: ByteSlice, into key: Key, at offset: Int?) -> Int {
        prepare(key.hash)
        guard let slot = slot(of: key) else { return 0 }
        let entry = entry(in: slot)
        var text = ByteBuffer()
        let old: ByteSlice
        if case .bytes(let stored) = entry.string {
            old = stored
        } else {
            entry.string.append(to: &text)
            old = text.bytes
        }
        let start = offset ?? old.count
        let newCount = max(old.count, start + bytes.count)
        if entry.isOutside {
            let grown = entry.outside.resized(to: newCount)
            entry.outside = grown
            unsafe fill(grown.content, oldCount: old.count, start: start, bytes)
            changed(key)
            return newCount
        }
        let made = makeRaw(like: entry, count: newCount)
        let content = unsafe made.isOutside ? made.outside.content : made.area
        unsafe ls_copy(content, old.start, old.count)
        unsafe fill(content, oldCount: old.count, start: start, bytes)
        replace(slot, by: made, hash: key.hash)
        entry.free()
        changed(key)
        return newCount
    }

    private func fill(
        _ content: UnsafeMutableRawPointer, oldCount: Int, start: Int, _ bytes: ByteSlice
    ) {
        if start > oldCount { unsafe memset(content + oldCount, 0, start - oldCount) }
        unsafe ls_copy(content + start, bytes.start, bytes.count)
    }

    /// An entry with the key, deadline and clock of another and room for a raw string.
    func makeRaw(like entry: Entry, count: Int) -> Entry {
        let isOutside = count > Entry.inlineCountMax
        let made = Entry.make(
            key: entry.key, type: .string, encoding: .raw, areaCount: isOutside ? 8 : count,
            isOutside: isOutside, deadline: entry.deadline, clock: entry.clock)
        if isOutside {
            // What is changed once is often changed again: room for as much once more.
            let slack = min(count, 1 << 20)
            made.outside = LargeString.make(count: count, capacity: count + slack)
        }
        return made
    }
}

extension Entry {
    /// A copy of the entry with its value under another key.
    func copied(key: ByteSlice) -> Entry {
        let copy = remade(key: key, deadline: deadline)
        if isOutside { unsafe copy.outsideAddress = unsafe value.copied().address }
        return copy
    }
}
