import Bytes
import Configuration
import Structures

extension HashValue {
    /// Appends a field of a file: to a batch, or at once where that is what a small hash does.
    ///
    /// - Returns: false when a field was found to come twice, among those of former batches too. The
    ///   hash is then good for nothing but to be freed.
    public mutating func append(
        _ field: ByteSlice, _ text: StringValue, deadline: Int64?, by batch: inout TableBatch
    ) -> Bool {
        guard value.encoding == .hashtable else {
            return set(field, text, deadline: deadline.map { .set($0) } ?? .remove)
        }
        batch.append(TableKey(field), value: text, deadline: deadline, for: table)
        noteDeadline(nil, deadline)
        return batch.isFull ? table.insert(&batch) : true
    }

    /// Takes what is left in the batch of `append`, which is empty afterwards. Returns what `append`
    /// does.
    public func finish(_ batch: inout TableBatch) -> Bool {
        batch.isEmpty || table.insert(&batch)
    }

    /// A hash of a verified row of field, value, field, value …, as a file has it.
    ///
    /// - Parameter checksDuplicates: whether a field that comes twice is looked for.
    /// - Returns: nothing, and the run is the caller's, when it is not a hash: an odd row, an empty
    ///   one, or one with a field twice.
    public static func make(
        pairs run: PackedRun, checksDuplicates: Bool = true,
        _ settings: borrowing EncodingSettings
    ) -> HashValue? {
        make(StoredValue(run, .hash), stride: 2, checksDuplicates, settings)
    }

    /// A hash of a verified row of field, value, deadline (0: none) …, as a file has it. The order is
    /// made that of deadlines if it is not.
    public static func make(
        triples run: PackedRun, checksDuplicates: Bool = true,
        _ settings: borrowing EncodingSettings
    ) -> HashValue? {
        make(StoredValue(run, .hash, .listpackExpiring), stride: 3, checksDuplicates, settings)
    }

    private static func make(
        _ value: StoredValue, stride: Int, _ checksDuplicates: Bool,
        _ settings: borrowing EncodingSettings
    ) -> HashValue? {
        let run = value.run
        guard run.count > 0, run.count % stride == 0 else { return nil }
        let hash = HashValue(value, settings)
        var isFit = run.count / stride <= hash.entriesMax
        var previous: Int64 = 1
        var position = 0
        while position < run.size {
            if checksDuplicates, isFit, run.find(run[position], stride: stride) != position {
                return nil
            }
            let second = run.next(position)
            isFit = isFit && run[position].count <= hash.valueMax
            isFit = isFit && run[second].count <= hash.valueMax
            position = run.next(second)
            guard stride == 3 else { continue }
            guard case .integer(let deadline) = run[position], deadline >= 0 else { return nil }
            let order = deadline == 0 ? Int64.max : deadline
            isFit = isFit && order >= previous
            previous = order
            position = run.next(position)
        }
        guard !isFit else { return hash }
        // Field by field: into a table, or into order.
        var other = HashValue.make(count: run.count / stride, settings)
        var isDistinct = true
        HashView(value).forEach { field in
            var text = ByteBuffer()
            field.field.append(to: &text)
            let isNew = other.set(
                text.bytes, field.value, deadline: field.deadline.map { .set($0) } ?? .remove)
            isDistinct = isDistinct && isNew
        }
        guard isDistinct else {
            other.value.free()
            return nil
        }
        if other.value.encoding == .listpack, stride == 3 { other.convertToExpiring() }
        run.free()
        return other
    }
}
