import Bytes
import CPlatform
import Structures

// Asking the processor for memory, in stages, each of which reads what the one before has fetched.
// A key is known by its hash alone; in the rare case that another key's entry is fetched, nothing
// is lost but time.
extension Database {
    /// Asks for a key's bucket: the first stage.
    public func prefetchBucket(_ hash: UInt64) { state.value.keys.prefetchBucket(hash) }

    /// Asks for a key's entry: the second stage.
    public func prefetchEntry(_ hash: UInt64) { state.value.keys.prefetchElement(hash) }

    /// Asks for what hangs from a key's entry: the third stage.
    ///
    /// - Returns: whether that is a table, so that there is a fourth one.
    public func prefetchValue(_ hash: UInt64) -> Bool {
        guard let entry = probableEntry(hash), entry.isOutside else { return false }
        unsafe ls_prefetch(entry.outsideAddress)
        return entry.encoding == .hashtable
    }

    /// Asks for where a field or member is that a key's table may hold: the fourth stage.
    public func prefetchElement(_ element: ByteSlice, of hash: UInt64) {
        guard let entry = probableEntry(hash), entry.encoding == .hashtable else { return }
        entry.value.table.prefetch(TableKey(element).hash)
    }

    private func probableEntry(_ hash: UInt64) -> Entry? {
        unsafe state.value.keys.find(hash) { _ in true }.map { entry(in: $0) }
    }
}
