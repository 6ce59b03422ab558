import Bytes
import Keyspace
import Structures

/// Sets: member by member, as an intset, or as a listpack.
extension ValueLoader {
    mutating func loadSet(in input: inout RDBInput) throws(RDBError) -> StoredValue {
        let count = try input.elementCount(ofSizeAtLeast: 1)
        let limits = SetLimits(encodings)
        let member = StringValue(try input.bytes(using: &first))
        var set = SetValue.make(for: member, count: count, limits: limits)
        _ = set.append(member, by: &batch, limits: limits)
        do throws(RDBError) {
            for _ in 1..<count {
                let member = StringValue(try input.bytes(using: &first))
                guard set.append(member, by: &batch, limits: limits) else {
                    throw Self.duplicate(input)
                }
            }
            guard set.finish(&batch) else { throw Self.duplicate(input) }
        } catch {
            // What the batch holds is freed with the set.
            _ = set.finish(&batch)
            set.free()
            throw error
        }
        set.fit()
        return set.value
    }

    mutating func loadIntset(in input: inout RDBInput) throws(RDBError) -> StoredValue {
        let bytes = try encoding(in: &input)
        guard let integers = Intset.make(verifying: bytes) else {
            throw input.corrupt("Intset integrity check failed.")
        }
        guard integers.count > SetLimits(encodings).intsetCountMax else {
            return StoredValue(integers)
        }
        defer { integers.free() }
        var set = SetValue.makeTable()
        for index in 0..<integers.count {
            _ = set.append(.integer(integers[index]), by: &batch, limits: SetLimits(encodings))
        }
        _ = set.finish(&batch)
        return set.value
    }

    mutating func loadSetOfListpack(in input: inout RDBInput) throws(RDBError) -> StoredValue {
        let damage = "Set listpack integrity check failed."
        let run = try listpack(in: &input, otherwise: damage)
        if run.count > 0, run.count <= SetLimits(encodings).listpackCountMax,
            !duplicates.hasDuplicates(run, stride: 1)
        {
            return StoredValue(run, .set)
        }
        defer { run.free() }
        guard run.count > 0 else { throw input.failure(.emptyValue) }
        guard run.count > SetLimits(encodings).listpackCountMax else { throw input.corrupt(damage) }
        var set = SetValue.makeTable()
        var position = 0
        var isDistinct = true
        while isDistinct, position < run.size {
            isDistinct = set.append(run[position], by: &batch, limits: SetLimits(encodings))
            position = run.next(position)
        }
        guard set.finish(&batch), isDistinct else {
            set.free()
            throw Self.duplicate(input)
        }
        return set.value
    }

    private static func duplicate(_ input: RDBInput) -> RDBError {
        input.corrupt("Duplicate set members detected")
    }
}
