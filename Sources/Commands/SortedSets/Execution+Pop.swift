import Bytes
import Keyspace
import RESP

extension Execution {
    /// Removes elements from the end of a set, answers them, and notes the change of its key.
    mutating func pop(
        _ count: Int, of set: SortedSet, at key: Key, highest: Bool, inPairs: Bool
    ) {
        var set = set
        let ranks = highest ? (set.count - count)..<set.count : 0..<count
        let replies = replies
        set.forEach(ranks: ranks, reversed: highest) { member, score in
            if inPairs { replies.array(2) }
            replies.string(member)
            replies.score(score)
        }
        set.remove(ranks: ranks)
        database.valueChanged(
            key, .sortedSet(highest ? "zpopmax" : "zpopmin"), isEmpty: set.isEmpty)
        changed(count)
    }

    /// Pops from the first set that is there, and answers it with its key. Returns false when there
    /// is none.
    mutating func popMany(
        _ request: PopRequest, _ arguments: Slices
    ) throws(CommandError) -> Bool {
        for index in request.keys {
            let key = Key(arguments[index])
            guard let set = try sortedSetForChange(key) else { continue }
            let count = min(request.count, set.count)
            replies.array(2)
            replies.bulk(key.bytes)
            replies.array(count)
            pop(count, of: set, at: key, highest: request.highest, inPairs: true)
            keep(
                request.highest ? "ZPOPMAX" : "ZPOPMIN", key.bytes, decimal(Int64(count)))
            return true
        }
        return false
    }

    /// Pops one element from the first set that is there, and answers key, member and score.
    mutating func popOne(
        _ keys: Range<Int>, _ arguments: Slices, highest: Bool
    ) throws(CommandError) -> Bool {
        for index in keys {
            let key = Key(arguments[index])
            guard let set = try sortedSetForChange(key) else { continue }
            replies.array(3)
            replies.bulk(key.bytes)
            pop(1, of: set, at: key, highest: highest, inPairs: false)
            keep(highest ? "ZPOPMAX" : "ZPOPMIN", key.bytes)
            return true
        }
        return false
    }
}
