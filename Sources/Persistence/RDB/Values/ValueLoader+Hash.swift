import Bytes
import Keyspace
import Structures

/// Hashes: field by field, as a zipmap, or in a row; since version 12 fields may have deadlines.
extension ValueLoader {
    /// No deadline of a field is later, in Unix milliseconds: what 48 bits hold.
    private static let deadlineMax: UInt64 = (1 << 48) - 2

    mutating func loadHash(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) -> StoredValue {
        let base = type == .hashExpiring ? try input.littleEndian(UInt64.self) : 0
        let size = type == .hashHashtable ? 2 : 3
        let count = try input.elementCount(ofSizeAtLeast: size)
        var hash = HashValue.make(count: count, encodings)
        do throws(RDBError) {
            for _ in 0..<count {
                let deadline =
                    type == .hashHashtable ? nil : try deadline(type, from: base, in: &input)
                let field = try input.bytes(using: &first)
                let value = StringValue(try input.bytes(using: &second))
                if isPast(deadline) { continue }
                guard hash.append(field, value, deadline: deadline, by: &batch) else {
                    throw Self.duplicate(input)
                }
            }
            guard hash.finish(&batch) else { throw Self.duplicate(input) }
            // All its fields were past their deadlines.
            guard !hash.isEmpty else { throw input.failure(.emptyValue) }
        } catch {
            // What the batch holds is freed with the hash.
            _ = hash.finish(&batch)
            hash.value.free()
            throw error
        }
        return hash.value
    }

    private static func duplicate(_ input: RDBInput) -> RDBError {
        input.corrupt("Hash with dup elements")
    }

    /// The deadline that stands before a field: itself, or its distance to the earliest one plus
    /// one; 0 is none.
    private func deadline(
        _ type: RDBType, from base: UInt64, in input: inout RDBInput
    ) throws(RDBError) -> Int64? {
        let number = try input.number()
        guard number > 0 else { return nil }
        guard type == .hashExpiring else { return try Self.deadline(number, input) }
        let (sum, isTooLarge) = base.addingReportingOverflow(number - 1)
        return try Self.deadline(isTooLarge ? .max : sum, input)
    }

    private static func deadline(
        _ number: UInt64, _ input: RDBInput
    ) throws(RDBError) -> Int64 {
        guard number <= deadlineMax else { throw input.corrupt("invalid expireAt time") }
        return Int64(number)
    }

    private func isPast(_ deadline: Int64?) -> Bool {
        guard let deadline, let now = dropsFieldsBefore else { return false }
        return deadline < now
    }

    // MARK: Rows

    mutating func loadPackedHash(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) -> StoredValue {
        let damage = Self.damage(of: type)
        switch type {
        case .hashZipmap:
            return try hash(ofPairs: try zipmap(in: &input), input, otherwise: damage)
        case .hashZiplist:
            let run = try ziplist(in: &input, otherwise: damage)
            return try hash(ofPairs: run, input, otherwise: damage)
        case .hashListpack:
            let run = try listpack(in: &input, otherwise: damage)
            return try hash(ofPairs: run, input, otherwise: damage)
        default:
            // The earliest deadline is known from the row as well.
            if type == .hashListpackExpiring { _ = try input.littleEndian(Int64.self) }
            let run = try listpack(in: &input, otherwise: damage)
            return try hash(ofTriples: run, input, otherwise: damage)
        }
    }

    private static func damage(of type: RDBType) -> String {
        switch type {
        case .hashZipmap: "Zipmap integrity check failed."
        case .hashZiplist: "Hash ziplist integrity check failed."
        default: "Hash listpack integrity check failed."
        }
    }

    /// Consumes a zipmap, as the run that a listpack of its fields and values would be.
    private mutating func zipmap(in input: inout RDBInput) throws(RDBError) -> PackedRun {
        let bytes = try encoding(in: &input)
        guard bytes.count < Self.packedSizeMax else {
            throw input.corrupt(Self.damage(of: .hashZipmap))
        }
        var run = PackedRun.make(size: bytes.count)
        do throws(DamagedEncoding) {
            var reader = try ZipmapReader(bytes)
            while let (field, value) = try reader.next() {
                run.append(StringValue(field))
                run.append(StringValue(value))
            }
        } catch {
            run.free()
            throw input.corrupt(Self.damage(of: .hashZipmap))
        }
        run.fit()
        return run
    }

    private mutating func hash(
        ofPairs run: PackedRun, _ input: RDBInput, otherwise damage: String
    ) throws(RDBError) -> StoredValue {
        guard run.count > 0 else {
            run.free()
            throw input.failure(.emptyValue)
        }
        guard run.count % 2 == 0, !duplicates.hasDuplicates(run, stride: 2),
            let hash = HashValue.make(pairs: run, checksDuplicates: false, encodings)
        else {
            run.free()
            throw input.corrupt(damage)
        }
        return hash.value
    }

    private mutating func hash(
        ofTriples all: PackedRun, _ input: RDBInput, otherwise damage: String
    ) throws(RDBError) -> StoredValue {
        var run = all
        guard run.count % 3 == 0, Self.hasDeadlines(run),
            !duplicates.hasDuplicates(run, stride: 3)
        else {
            run.free()
            throw input.corrupt(damage)
        }
        dropPast(&run)
        guard run.count > 0 else {
            run.free()
            throw input.failure(.emptyValue)
        }
        guard let hash = HashValue.make(triples: run, checksDuplicates: false, encodings) else {
            run.free()
            throw input.corrupt(damage)
        }
        return hash.value
    }

    /// Whether each third element of a run is a deadline, or 0.
    private static func hasDeadlines(_ run: PackedRun) -> Bool {
        var position = 0
        while position < run.size {
            let third = run.next(run.next(position))
            guard case .integer(let deadline) = run[third], deadline >= 0,
                deadline <= Int64(deadlineMax)
            else { return false }
            position = run.next(third)
        }
        return true
    }

    /// Removes the fields of a run that are past their deadline.
    private func dropPast(_ run: inout PackedRun) {
        guard dropsFieldsBefore != nil else { return }
        var position = 0
        while position < run.size {
            let third = run.next(run.next(position))
            if case .integer(let deadline) = run[third], deadline > 0, isPast(deadline) {
                run.remove(at: position, count: 3)
            } else {
                position = run.next(third)
            }
        }
    }
}
