import Bytes
import CPlatform
import Structures

// Strings as bytes that are changed in place. A change has two doors, since only who makes it
// knows whether there was one: `rawString` before it, `changedInPlace` after it.
extension Database {
    /// The string of a live key of type string, encoded as raw bytes and resized to `count`; what
    /// is added is zero.
    ///
    /// - Returns: the bytes, valid until the keyspace changes.
    public func rawString(of key: Key, count: Int) -> MutableByteSlice {
        prepare(key.hash)
        guard let slot = slot(of: key) else { preconditionFailure("the key is there") }
        let entry = entry(in: slot)
        if entry.isOutside {
            let oldCount = entry.outside.count
            let resized = entry.outside.resized(to: count)
            entry.outside = resized
            return resized.mutableBytes(zeroedFrom: oldCount)
        }
        if entry.encoding != .integer, entry.areaCount == count {
            entry.encoding = .raw
            return unsafe MutableByteSlice(start: entry.area, count: count)
        }
        var text = ByteBuffer()
        let old: ByteSlice
        if case .bytes(let stored) = entry.string {
            old = stored
        } else {
            entry.string.append(to: &text)
            old = text.bytes
        }
        let made = makeRaw(like: entry, count: count)
        let content = made.rawContent(zeroedFrom: old.count)
        content.replace(with: old[..<min(old.count, count)])
        replace(slot, by: made, hash: key.hash)
        entry.free()
        return content
    }

    /// Tells that the bytes of a key were changed in place.
    ///
    /// - Parameter event: nothing when nobody is told of such a change.
    public func changedInPlace(_ key: Key, _ event: KeyEvent?) {
        changed(key)
        if let event { notify(event, key) }
    }

    /// Sets a key to a raw string that is made in its place, whatever it held, and which stays.
    ///
    /// - Parameters:
    ///   - event: nothing when the change goes on and is told then.
    ///   - fill: writes all of the bytes. What the keyspace holds, the old value included, is as it
    ///     was meanwhile.
    public func set(
        _ key: Key, rawCount count: Int, _ event: KeyEvent?,
        filledBy fill: (MutableByteSlice) -> Void
    ) {
        prepare(key.hash)
        let slot = liveSlot(of: key)
        let clock = shared.value.evictionClock
        let old = slot.map { entry(in: $0) }
        let isOutside = count > Entry.inlineCountMax
        let made = Entry.make(
            key: key.bytes, type: .string, encoding: .raw, areaCount: isOutside ? 8 : count,
            isOutside: isOutside, deadline: nil,
            clock: clock.countsFrequency ? old?.clock ?? clock.newborn : clock.newborn)
        if isOutside { made.outside = LargeString.make(count: count, capacity: count) }
        fill(made.rawContent(zeroedFrom: count))
        if let slot, let old {
            replace(slot, by: made, hash: key.hash)
            free(old, lazily: shared.value.freesLazily.overwritten)
        } else {
            add(made, hash: key.hash)
        }
        changed(key)
        if let event { notify(event, key) }
    }
}

extension Entry {
    /// The bytes of a raw string.
    fileprivate func rawContent(zeroedFrom start: Int) -> MutableByteSlice {
        guard !isOutside else { return outside.mutableBytes(zeroedFrom: start) }
        let content = unsafe MutableByteSlice(start: area, count: areaCount)
        if start < areaCount { content[start..<areaCount].clear() }
        return content
    }
}

extension LargeString {
    fileprivate func mutableBytes(zeroedFrom start: Int) -> MutableByteSlice {
        let content = unsafe MutableByteSlice(start: content, count: count)
        if start < count { content[start..<count].clear() }
        return content
    }
}
