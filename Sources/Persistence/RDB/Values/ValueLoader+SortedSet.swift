import Bytes
import Configuration
import Keyspace
import Structures

/// Sorted sets: member by member with scores of two forms, or members and scores in a row.
extension ValueLoader {
    mutating func loadSortedSet(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) -> StoredValue {
        let isBinary = type == .zsetBinaryScores
        let count = try input.elementCount(ofSizeAtLeast: isBinary ? 9 : 2)
        var set = SortedSet.make(count: count, encodings)
        do throws(RDBError) {
            for _ in 0..<count {
                let member = try input.bytes(using: &first)
                let score =
                    isBinary
                    ? Double(bitPattern: try input.littleEndian(UInt64.self))
                    : try input.scoreText()
                guard !score.isNaN else { throw input.corrupt("Zset with NAN score detected") }
                guard set.append(member, score: score, by: &scoredBatch, encodings) else {
                    throw Self.duplicate(input)
                }
            }
            guard set.finish(&scoredBatch) else { throw Self.duplicate(input) }
        } catch {
            scoredBatch.removeAll()
            set.value.free()
            throw error
        }
        return set.value
    }

    private static func duplicate(_ input: RDBInput) -> RDBError {
        input.corrupt("Duplicate zset fields detected")
    }

    mutating func loadPackedSortedSet(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) -> StoredValue {
        let isZiplist = type == .zsetZiplist
        let damage =
            isZiplist
            ? "Zset ziplist integrity check failed." : "Zset listpack integrity check failed."
        let run =
            isZiplist
            ? try ziplist(in: &input, otherwise: damage)
            : try listpack(in: &input, otherwise: damage)
        let isSmall = run.count / 2 <= encodings.sortedSetEntriesMax
        let order = Self.order(of: run)
        if run.count > 0, isSmall, order == .rising,
            !duplicates.hasDuplicates(run, stride: 2)
        {
            return StoredValue(run, .sortedSet)
        }
        defer { run.free() }
        guard order != .none else { throw input.corrupt(damage) }
        guard run.count > 0 else { throw input.failure(.emptyValue) }
        return try sorted(run, input, otherwise: damage)
    }

    private enum Order {
        case rising, mixed
        /// Something is no score, or a score is missing.
        case none
    }

    /// How the elements of a run of members and scores stand.
    private static func order(of run: PackedRun) -> Order {
        guard run.count % 2 == 0 else { return .none }
        var order = Order.rising
        var position = 0
        var last: (member: StringValue, score: Double)?
        while position < run.size {
            let member = run[position]
            let behind = run.next(position)
            guard let score = score(run[behind]) else { return .none }
            if let last, !rises(last, (member, score)) { order = .mixed }
            last = (member, score)
            position = run.next(behind)
        }
        return order
    }

    private static func rises(
        _ left: (member: StringValue, score: Double),
        _ right: (member: StringValue, score: Double)
    ) -> Bool {
        if left.score != right.score { return left.score < right.score }
        var leftText = ByteBuffer()
        var rightText = ByteBuffer()
        return left.member.text(using: &leftText) < right.member.text(using: &rightText)
    }

    private static func score(_ element: StringValue) -> Double? {
        switch element {
        case .integer(let value): Double(value)
        case .bytes(let text): text.double.flatMap { $0.isNaN ? nil : $0 }
        }
    }

    /// The set of a run whose elements stand in no order, or are too many for one.
    private mutating func sorted(
        _ run: PackedRun, _ input: RDBInput, otherwise damage: String
    ) throws(RDBError) -> StoredValue {
        var set = SortedSet.make(count: run.count / 2, encodings)
        var position = 0
        while position < run.size {
            let member = run[position].text(using: &first)
            let behind = run.next(position)
            guard let score = Self.score(run[behind]), set.score(of: member) == nil else {
                set.value.free()
                throw input.corrupt(damage)
            }
            set.insert(member, score: score, encodings)
            position = run.next(behind)
        }
        return set.value
    }
}
