import Bytes
import Structures

extension ScoredTree {
    /// Inserts the elements of a batch, which is empty afterwards.
    ///
    /// - Returns: false when one of them is there already, or twice in the batch. The set then lacks
    ///   some of them, and is good for nothing but to be freed.
    func insert(_ batch: inout ScoredBatch) -> Bool {
        defer { batch.removeAll() }
        guard tree.isEmpty else { return insertEach(of: batch) }
        guard batch.sort() else { return false }
        fillTree(with: batch)
        index.fill(with: batch)
        return true
    }

    private func insertEach(of batch: borrowing ScoredBatch) -> Bool {
        var isDistinct = true
        batch.forEach { member, score in
            isDistinct = isDistinct && self.score(of: member) == nil
            if isDistinct { insert(member, score: score) }
        }
        return isDistinct
    }

    /// Makes the leaves one after the other, as full as they may be.
    private func fillTree(with batch: borrowing ScoredBatch) {
        var end: LeafPath?
        var rank = 0
        while rank < batch.count {
            let ranks = batch.leafRanks(
                from: rank, countMax: Self.leafCountMax, sizeMax: Self.leafSizeMax)
            let leaf = ScoredLeaf.make(of: batch, ranks, epoch: root.epoch)
            let separator = leaf.score(0).orderedBits
            if var last = end {
                tree.insert(leaf.node, count: ranks.count, separator: separator, after: &last)
                end = last
            } else {
                tree.insertFirst(leaf.node, count: ranks.count, separator: separator)
                end = tree.firstPath
            }
            rank = ranks.upperBound
        }
    }
}
