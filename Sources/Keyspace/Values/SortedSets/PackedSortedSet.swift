import Bytes
import Structures

/// A small sorted set: a packed run of members, each with its score behind it, in order.
///
/// The elements are those of Redis: a score that is a whole number is an integer, any other one the
/// shortest text that reads back as the same.
struct PackedSortedSet {
    var run: PackedRun

    var count: Int { run.count / 2 }

    /// - Parameter position: of a member.
    func score(at position: Int) -> Double { Self.score(run[run.next(position)]) }

    static func score(_ element: StringValue) -> Double {
        switch element {
        case .integer(let value): Double(value)
        // What is no number cannot be there: scores have been written here or verified before.
        case .bytes(let text): text.double ?? 0
        }
    }

    func position(of member: ByteSlice) -> Int? { run.find(StringValue(member), stride: 2) }

    /// The position behind a member and its score.
    func next(_ position: Int) -> Int { run.next(run.next(position)) }

    /// Index and position of the first element that a test holds for; the test holds for all that
    /// follow.
    private func first(
        where test: (_ position: Int) -> Bool
    ) -> (index: Int, position: Int) {
        var position = 0
        var index = 0
        while position < run.size, !test(position) {
            position = next(position)
            index += 1
        }
        return (index, position)
    }

    func countOfScores(below score: Double, orEqual: Bool) -> Int {
        first { position in
            let own = self.score(at: position)
            return orEqual ? own > score : own >= score
        }.index
    }

    func countOfMembers(below member: ByteSlice, orEqual: Bool) -> Int {
        first { position in
            let order = run[position].compare(member)
            return orEqual ? order > 0 : order >= 0
        }.index
    }

    func rank(of member: ByteSlice) -> (rank: Int, score: Double)? {
        guard let found = position(of: member) else { return nil }
        var position = 0
        var rank = 0
        while position < found {
            position = next(position)
            rank += 1
        }
        return (rank, score(at: found))
    }

    mutating func insert(_ member: ByteSlice, score: Double) {
        let position = first { position in
            let own = self.score(at: position)
            return own != score ? own > score : run[position].compare(member) > 0
        }.position
        run.insert(StringValue(member), at: position)
        Self.withElement(score) { element in run.insert(element, at: run.next(position)) }
    }

    mutating func remove(at position: Int, count: Int = 1) {
        run.remove(at: position, count: 2 * count)
    }

    /// Gives the member at a position another score, and the place that it asks for.
    mutating func setScore(_ score: Double, of member: ByteSlice, at position: Int) {
        if isPlace(position, of: member, with: score) {
            Self.withElement(score) { element in
                run.replace(at: run.next(position), with: element)
            }
        } else {
            remove(at: position)
            insert(member, score: score)
        }
    }

    /// Whether a member's place remains the same with another score.
    private func isPlace(_ position: Int, of member: ByteSlice, with score: Double) -> Bool {
        let following = next(position)
        if following < run.size {
            let own = self.score(at: following)
            guard own > score || (own == score && run[following].compare(member) > 0) else {
                return false
            }
        }
        guard position > 0 else { return true }
        let before = run.previous(run.previous(position))
        let own = self.score(at: before)
        return own < score || (own == score && run[before].compare(member) < 0)
    }

    /// Lends a score as an element of a run.
    static func withElement(_ score: Double, _ body: (StringValue) -> Void) {
        if score.magnitude <= 0x1p62, let whole = Int64(exactly: score) {
            return body(.integer(whole))
        }
        var text = ByteBuffer(capacity: 32)
        text.append(shortest: score)
        body(StringValue(text.bytes))
    }
}

extension StringValue {
    /// The order of the text and another one, bytewise: negative, zero or positive.
    func compare(_ other: ByteSlice) -> Int {
        switch self {
        case .bytes(let bytes): bytes.compare(other)
        case .integer(let value):
            unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
                var start = 20
                var rest = value.magnitude
                repeat {
                    start -= 1
                    unsafe digits[start] = 0x30 + UInt8(rest % 10)
                    rest /= 10
                } while rest > 0
                if value < 0 {
                    start -= 1
                    unsafe digits[start] = UInt8(ascii: "-")
                }
                guard let base = digits.baseAddress else { return 0 }
                // Twenty bytes hold the longest: a sign and nineteen digits.
                return unsafe ByteSlice(start: base + start, count: 20 - start).compare(other)
            }
        }
    }
}
