import Bytes
import Structures

// Sampling and removing keys that are to make room. Where only keys with a deadline may go, they are
// drawn from the index of deadlines, so that those without one cost nothing.
extension Database {
    func evictableCount(wantsDeadline: Bool) -> Int {
        wantsDeadline ? countWithDeadline : count
    }

    /// Buckets that are drawn for each key wanted, at the most; a table may have empty ones.
    private static var drawsPerKey: Int { 10 }

    /// Visits keys of buckets drawn at random until there are as many as wanted.
    ///
    /// Buckets are visited whole: they are one line of memory, and where a key stands in its bucket
    /// must not decide whether it can go. So there may be a few more keys than wanted. A key may be
    /// visited twice.
    func sample(
        _ wanted: Int, wantsDeadline: Bool, _ random: () -> UInt64, _ visit: (Entry) -> Void
    ) {
        let wanted = min(wanted, evictableCount(wantsDeadline: wantsDeadline))
        var visited = 0
        var draws = 0
        while visited < wanted, draws < wanted * Self.drawsPerKey {
            draws += 1
            let draw = random()
            if wantsDeadline {
                let bucket = state.value.deadlines.bucket(of: draw)
                unsafe state.value.deadlines.forEach(in: bucket) {
                    visited += 1
                    unsafe visit(Entry(address: $0))
                }
            } else {
                let bucket = state.value.keys.bucket(of: draw)
                state.value.keys.prefetchElements(in: bucket)
                unsafe state.value.keys.forEach(in: bucket) {
                    visited += 1
                    unsafe visit(Entry(address: $0))
                }
            }
        }
    }

    /// The hash of a key drawn at random.
    func randomHash(wantsDeadline: Bool, _ random: () -> UInt64) -> UInt64? {
        let element =
            wantsDeadline
            ? unsafe state.value.deadlines.randomElement(random)
            : unsafe state.value.keys.randomElement(random)
        guard let element = unsafe element else { return nil }
        return unsafe Entry.hash(of: element)
    }

    /// Removes the key of a hash to make room, and tells who must know. Returns false when it is gone
    /// already, or may not go any more since it has lost its deadline.
    func evict(_ hash: UInt64, wantsDeadline: Bool) -> Bool {
        let slot = unsafe state.value.keys.find(hash) { unsafe Entry.hash(of: $0) == hash }
        guard let slot else { return false }
        let entry = entry(in: slot)
        guard entry.hasDeadline || !wantsDeadline else { return false }
        shared.value.evicted &+= 1
        shared.value.onEvicted?(index, entry.key)
        let key = Key(entry.key, hash: hash)
        notify(.eviction, key)
        removeRegardless(key, lazily: shared.value.freesLazily.evicted)
        shared.value.onGone?()
        return true
    }
}
