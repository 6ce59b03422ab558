import Bytes
import Configuration
import Structures

// Sorted sets from outside: files, payloads.
extension SortedSet {
    /// Inserts a member and changes the encoding if it no longer fits. Returns false, and changes
    /// nothing, when the member is there, or the score is no number.
    public mutating func insertIfAbsent(
        _ member: ByteSlice, score: Double, _ settings: EncodingSettings
    ) -> Bool {
        guard !score.isNaN, self.score(of: member) == nil else { return false }
        insert(member, score: score, settings)
        return true
    }

    /// Appends an element of a file: to a batch, or at once where that is what a small set does.
    ///
    /// - Returns: false when a member was found to come twice, among those of former batches too. The
    ///   set is then good for nothing but to be freed.
    public mutating func append(
        _ member: ByteSlice, score: Double, by batch: inout ScoredBatch,
        _ settings: EncodingSettings
    ) -> Bool {
        guard !isPacked else { return insertIfAbsent(member, score: score, settings) }
        batch.append(member, score: score)
        return batch.isFull ? scored.insert(&batch) : true
    }

    /// Takes what is left in the batch of `append`, which is empty afterwards. Returns what `append`
    /// does.
    public func finish(_ batch: inout ScoredBatch) -> Bool { isPacked || scored.insert(&batch) }

    /// A sorted set of a run of members and scores by turns, in the encoding that the thresholds
    /// ask for.
    ///
    /// - Parameters:
    ///   - run: well-formed and in canonical form. It becomes part of the set, or is freed, unless
    ///     there is no set.
    ///   - isTrusted: whether nobody but this server can have written it; only then members are not
    ///     compared with each other.
    /// - Returns: nothing when a score is missing or no number, or when a member comes twice.
    public static func make(
        of run: PackedRun, isTrusted: Bool, _ settings: EncodingSettings
    ) -> SortedSet? {
        guard run.count > 0, run.count % 2 == 0 else { return nil }
        var isOrdered = true
        var longest = 0
        var last: (position: Int, score: Double)?
        var hashes: [UInt64] = []
        var text = ByteBuffer(capacity: 32)
        var position = 0
        while position < run.size {
            let member = run[position]
            let behind = run.next(position)
            guard let score = score(of: run[behind]) else { return nil }
            let bytes = member.text(using: &text)
            longest = max(longest, bytes.count)
            if let last,
                last.score > score
                    || (last.score == score && run[last.position].compare(bytes) >= 0)
            {
                isOrdered = false
            }
            if !isTrusted { hashes.append(KeyHash.hash(bytes)) }
            last = (position, score)
            position = run.next(behind)
        }
        hashes.sort()
        let isUnlike = zip(hashes, hashes.dropFirst()).allSatisfy { $0 != $1 }
        let isSmall =
            run.count / 2 <= settings.sortedSetEntriesMax && longest <= settings.sortedSetValueMax
        if isOrdered, isUnlike, isSmall { return SortedSet(StoredValue(run, .sortedSet)) }
        return rebuilt(run, isSmall: isSmall, settings)
    }

    private static func score(of element: StringValue) -> Double? {
        switch element {
        case .integer(let value): Double(value)
        case .bytes(let text): text.double
        }
    }

    /// Inserts the elements of a run one by one; frees the run unless a member comes twice.
    private static func rebuilt(
        _ run: PackedRun, isSmall: Bool, _ settings: EncodingSettings
    ) -> SortedSet? {
        var set = SortedSet.make(count: isSmall ? 0 : .max, settings)
        var text = ByteBuffer(capacity: 32)
        var position = 0
        while position < run.size {
            let behind = run.next(position)
            let member = run[position].text(using: &text)
            let score = PackedSortedSet.score(run[behind])
            guard set.insertIfAbsent(member, score: score, settings) else {
                set.value.free()
                return nil
            }
            position = run.next(behind)
        }
        run.free()
        return set
    }
}
