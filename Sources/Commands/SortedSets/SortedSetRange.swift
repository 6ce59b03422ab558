import Bytes
import Keyspace

/// Which elements of a sorted set a command means: by rank, by score, or by member where all scores
/// are equal. Every form comes down to a range of ranks.
enum SortedSetRange {
    /// From the first to the last, both included; negative ones count from the end.
    case ranks(Int, Int)
    case scores(ScoreBound, ScoreBound)
    case members(MemberBound, MemberBound)

    /// - Parameters:
    ///   - first: index of the argument with the first rank.
    init(ranks arguments: Slices, _ first: Int, _ last: Int) throws(CommandError) {
        self = .ranks(
            Int(try arguments.integer(first)), Int(try arguments.integer(last)))
    }

    init(scores min: ByteSlice, _ max: ByteSlice) throws(CommandError) {
        guard let min = ScoreBound(min), let max = ScoreBound(max) else {
            throw .text("ERR min or max is not a float")
        }
        self = .scores(min, max)
    }

    init(members min: ByteSlice, _ max: ByteSlice) throws(CommandError) {
        guard let min = MemberBound(min), let max = MemberBound(max) else {
            throw .text("ERR min or max not valid string range item")
        }
        self = .members(min, max)
    }

    /// The ranks of the elements, the lowest score first.
    ///
    /// - Parameter reversed: whether ranks count from the highest score.
    func ranks(in set: SortedSet, reversed: Bool = false) -> Range<Int> {
        switch self {
        case .ranks(let first, let last):
            let ranks = Self.ranks(first, last, of: set.count)
            guard reversed else { return ranks }
            return (set.count - ranks.upperBound)..<(set.count - ranks.lowerBound)
        case .scores(let min, let max):
            guard min.value <= max.value else { return 0..<0 }
            let start = set.countOfScores(below: min.value, orEqual: min.isExclusive)
            let end = set.countOfScores(below: max.value, orEqual: !max.isExclusive)
            return start..<Swift.max(start, end)
        case .members(let min, let max):
            let start = min.countBefore(in: set, isMin: true)
            let end = max.countBefore(in: set, isMin: false)
            return start..<Swift.max(start, end)
        }
    }

    private static func ranks(_ first: Int, _ last: Int, of count: Int) -> Range<Int> {
        let start = max(0, first < 0 ? first + count : first)
        let end = min(count - 1, last < 0 ? last + count : last)
        return start > end ? 0..<0 : start..<(end + 1)
    }
}

/// One end of a range of scores: `1.5`, `(1.5` without the score itself, `-inf`.
struct ScoreBound {
    let value: Double
    let isExclusive: Bool

    init?(_ text: ByteSlice) {
        isExclusive = text.first == UInt8(ascii: "(")
        // As C reads it: blanks before the number are passed over, and nothing is 0.
        let first = isExclusive ? 1 : 0
        var start = first
        while start < text.count, text[start].isASCIISpace { start += 1 }
        let number = text[start...].untilZero
        if number.isEmpty, start == first {
            value = 0
        } else if number.count <= 15, let whole = number.integer {
            value = Double(whole)
        } else if let double = number.doubleOrLimit {
            value = double
        } else {
            return nil
        }
    }
}

/// One end of a range of members: `[member`, `(member` without the member itself, `-` and `+` for
/// what is before and behind all.
struct MemberBound {
    private enum Place { case first, last, at }

    private let place: Place
    private let member: ByteSlice
    private let isExclusive: Bool

    init?(_ text: ByteSlice) {
        guard let first = text.first else { return nil }
        isExclusive = first == UInt8(ascii: "(")
        switch first {
        case UInt8(ascii: "-"), UInt8(ascii: "+"):
            guard text.untilZero.count == 1 else { return nil }
            place = first == UInt8(ascii: "-") ? .first : .last
            member = text
        case UInt8(ascii: "("), UInt8(ascii: "["):
            place = .at
            member = text[1...]
        default: return nil
        }
    }

    /// Elements before the range when this is its lower end, else before what follows it.
    func countBefore(in set: SortedSet, isMin: Bool) -> Int {
        switch place {
        case .first: 0
        case .last: set.count
        case .at: set.countOfMembers(below: member, orEqual: isMin == isExclusive)
        }
    }
}
