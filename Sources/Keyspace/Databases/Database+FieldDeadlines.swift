import Bytes
import Structures

// Fields of hashes that have a deadline. The index holds the entries whose hash has such fields, and
// only it knows where to look; an entry in it is flagged.
extension Database {
    /// Number of keys that have fields with a deadline.
    public var countWithFieldDeadlines: Int { state.value.fieldDeadlines.count }

    /// Puts an entry that is in the database into the index if it belongs there.
    func indexFields(_ entry: Entry, hash: UInt64) {
        guard entry.needsFieldIndex, !entry.hasFieldDeadlines else { return }
        unsafe state.value.fieldDeadlines.insert(entry.address, hash: hash)
        entry.hasFieldDeadlines = true
    }

    /// Takes an entry out of the index.
    func forgetFields(_ entry: Entry, hash: UInt64) {
        guard entry.hasFieldDeadlines else { return }
        let found = unsafe state.value.fieldDeadlines.find(hash) { unsafe $0 == entry.address }
        precondition(found != nil, "a flagged entry is in the index")
        if let found { state.value.fieldDeadlines.remove(found, hash: hash) }
        entry.hasFieldDeadlines = false
    }

    // MARK: Doors

    /// The hash of a key for a command that reads it: counts hit or miss, marks the use. Nothing when
    /// the key is not there; the type is the caller's to check.
    public func fieldsRemain(of entry: Entry, at key: Key) -> Bool {
        guard entry.hasFieldDeadlines else { return true }
        return !expireFields(of: entry, at: key)
    }

    /// The moment that fields are past their deadline before; while a log is replayed, none is.
    public var fieldNow: Int64 { shared.value.expiresOnAccess ? shared.value.now : .min }

    /// Puts a changed hash back in the place of its entry, and removes the key if it became empty.
    public func hashChanged(
        _ hash: HashValue, _ entry: Entry, at key: Key, _ event: KeyEvent?
    ) {
        entry.setRoot(hash.value)
        if hash.value.encoding != .listpack || entry.hasFieldDeadlines {
            if entry.needsFieldIndex {
                indexFields(entry, hash: key.hash)
            } else {
                forgetFields(entry, hash: key.hash)
            }
        }
        valueChanged(key, event, isEmpty: hash.isEmpty)
    }

    /// Removes the field of a table if its deadline has passed, before a command changes it. Returns
    /// whether it did.
    public func expireField(_ field: ByteSlice, of hash: inout HashValue, at key: Key) -> Bool {
        guard hash.value.encoding == .hashtable,
            let earliest = hash.view.earliestDeadline, earliest < fieldNow,
            let found = hash.view.find(field), let deadline = found.deadline,
            deadline < fieldNow
        else { return false }
        tellExpired(found.field, at: key)
        hash.remove(field)
        return true
    }

    private func tellExpired(_ field: StringValue, at key: Key) {
        shared.value.expiredFields &+= 1
        shared.value.onFieldExpired?(index, key.bytes, field)
    }

    /// Removes the fields of a small hash whose deadline has passed. Returns whether the key went
    /// with its last one.
    private func expireFields(of entry: Entry, at key: Key, pages: Int = 0) -> Bool {
        guard shared.value.expiresOnAccess else { return false }
        var hash = HashValue(entry.value, shared.value.encodings)
        guard let earliest = hash.view.earliestDeadline, earliest < shared.value.now else {
            return false
        }
        guard pages > 0 || hash.value.encoding == .listpackExpiring else { return false }
        prepare(key.hash)
        shared.value.isExpiring = true
        defer { shared.value.isExpiring = false }
        // The key may be that of the entry itself, which goes with its last field.
        let removed =
            hash.expireInRun(at: shared.value.now) { tellExpired($0, at: key) }
            + hash.expireInTable(at: shared.value.now, pages: pages) {
                tellExpired($0, at: key)
            }.removed
        if hash.isEmpty {
            entry.setRoot(hash.value)
            valueChanged(key, .hash("hexpired"), isEmpty: true)
            return true
        }
        if removed > 0 {
            hashChanged(hash, entry, at: key, .hash("hexpired"))
        }
        return false
    }

    /// Looks at the next few hashes that have fields with a deadline and removes those past it.
    ///
    /// - Parameters:
    ///   - buckets: how many buckets of the index to look at, at the most.
    public func expireSomeFields(buckets: Int) -> ExpiryPass {
        var pass = ExpiryPass()
        let now = shared.value.now
        for _ in 0..<buckets where state.value.fieldDeadlines.count > 0 {
            // The index is not changed while it is read.
            var past: [Entry] = []
            let cursor = unsafe state.value.fieldDeadlines.scan(from: state.value.fieldCursor) {
                let entry = unsafe Entry(address: $0)
                pass.examined += 1
                if let earliest = HashView(entry.value).earliestDeadline, earliest < now {
                    past.append(entry)
                }
            }
            state.value.fieldCursor = cursor
            for entry in past {
                _ = expireFields(of: entry, at: Key(entry.key), pages: Self.pagesPerVisit)
                pass.expired += 1
            }
            if cursor == .start { break }
        }
        return pass
    }

    /// Pages of a table that are looked at before the next hash has its turn.
    private static var pagesPerVisit: Int { 64 }
}

extension Entry {
    /// Whether the value is a hash with fields that have a deadline.
    var needsFieldIndex: Bool {
        guard encoding == .listpackExpiring || encoding == .hashtable && type == .hash else {
            return false
        }
        return HashView(value).hasDeadlines
    }
}
