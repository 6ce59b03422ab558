import Bytes
import Structures

extension ScoredTree {
    private typealias IndexEntry = (score: Double, hash: UInt32)

    /// Hands out the elements whose hashes are in the pages of the index from one on, until there
    /// are as many as wanted, and returns the hash to go on from, 0 at the end.
    ///
    /// The index does not have the members: they are looked for among those with the same score, in
    /// one pass for all that share it.
    func scan(
        from hash: UInt32, count: Int, _ body: (_ member: ByteSlice, _ score: Double) -> Void
    ) -> UInt32 {
        var entries: [IndexEntry] = []
        let next = index.scan(from: hash, count: count) { hash, score in
            entries.append((score, hash))
        }
        entries.sort { ($0.score, $0.hash) < ($1.score, $1.hash) }
        var start = 0
        while start < entries.count {
            var end = start + 1
            while end < entries.count, entries[end].score == entries[start].score { end += 1 }
            handOut(entries[start..<end], body)
            start = end
        }
        return next
    }

    /// Hands out the members with the score that all entries have, and the hash of one of them.
    private func handOut(
        _ entries: ArraySlice<IndexEntry>, _ body: (ByteSlice, Double) -> Void
    ) {
        let score = entries[entries.startIndex].score
        var path = tree.path(toSeparatorBelow: score.orderedBits, orEqual: false)
        var element = ScoredLeaf(path.leaf).countOfScores(below: score, orEqual: false)
        while true {
            let leaf = ScoredLeaf(path.leaf)
            while element < leaf.count {
                guard leaf.score(element) == score else { return }
                let member = leaf.member(element)
                if contains(entries, Self.hash(member)) { body(member, leaf.score(element)) }
                element += 1
            }
            guard tree.moveToNext(&path) else { return }
            element = 0
        }
    }

    private func contains(_ entries: ArraySlice<IndexEntry>, _ hash: UInt32) -> Bool {
        var (low, high) = (entries.startIndex, entries.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        return low < entries.endIndex && entries[low].hash == hash
    }
}
