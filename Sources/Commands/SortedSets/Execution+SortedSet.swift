import Bytes
import Configuration
import Keyspace
import RESP

extension Execution {
    /// The sorted set of a key for a command that reads it; nothing when the key is missing.
    func sortedSet(_ key: Key) throws(CommandError) -> SortedSet? {
        guard let entry = database.entry(of: key) else { return nil }
        guard entry.type == .sortedSet else { throw .wrongType }
        return SortedSet(entry)
    }

    /// The sorted set of a key for a command that may change it; nothing when the key is missing.
    func sortedSetForChange(_ key: Key) throws(CommandError) -> SortedSet? {
        guard let entry = database.valueForChange(of: key) else { return nil }
        guard entry.type == .sortedSet else { throw .wrongType }
        return SortedSet(entry)
    }

    /// Puts a sorted set that was made aside at a key, or removes the key when the set is empty;
    /// answers how many elements it has.
    mutating func storeSortedSet(_ set: SortedSet, at target: Key, _ event: StaticString) {
        let count = set.count
        if count > 0 {
            database.store(set.value, at: target, .sortedSet(event))
            changed()
        } else {
            set.value.free()
            if database.delete(target) { changed() }
        }
        replies.integer(count)
    }

    /// Up to which size sorted sets stay small.
    var encodings: EncodingSettings { database.shared.value.encodings }
}

extension ReplyWriter {
    /// A score: the fewest digits that read back as the same.
    func score(_ score: Double) {
        guard !isVersion3, let whole = Int64(exactly: score), score.magnitude <= 0x1p62,
            whole != 0 || score.sign == .plus
        else { return double(score) }
        bulk(decimal: whole)
    }

    /// The header of elements with their scores: flat in version 2, pairs in version 3.
    func scoredArray(_ count: Int) { array(isVersion3 ? count : 2 * count) }

    /// A member with its score, below `scoredArray`.
    func scored(_ member: StringValue, _ score: Double) {
        if isVersion3 { array(2) }
        string(member)
        self.score(score)
    }
}

extension Slices {
    /// An argument as a score: a number, infinite perhaps.
    func score(
        _ index: Int, orElse error: CommandError = .notAFloat
    ) throws(CommandError) -> Double {
        let text = self[index]
        if text.count <= 15, let whole = text.integer { return Double(whole) }
        guard let score = text.double else { throw error }
        return score
    }
}
