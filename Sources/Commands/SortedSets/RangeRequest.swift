import Bytes
import Keyspace

/// The words of a command that asks for a range: what, in which order, and how much of it.
struct RangeRequest {
    enum Kind { case ranks, scores, members }

    let range: SortedSetRange
    let reversed: Bool
    private(set) var withScores = false
    private var offset = 0
    /// Elements at the most; negative: all.
    private var limit = -1

    /// Reads a request whose range begins at an index.
    ///
    /// - Parameters:
    ///   - kind: what the command's name says the range is of; nothing when `BYSCORE` and `BYLEX` may.
    ///   - reversed: the same of the order; nothing when `REV` may.
    ///   - takesScores: whether `WITHSCORES` is an option.
    init(
        _ arguments: Slices, at start: Int, kind fixedKind: Kind?, reversed fixedReversed: Bool?,
        takesScores: Bool = true
    ) throws(CommandError) {
        var kind = fixedKind
        var reversed = fixedReversed
        var index = start + 2
        while index < arguments.count {
            let word = arguments[index]
            if takesScores, word.isWord("withscores") {
                withScores = true
            } else if word.isWord("limit"), index + 2 < arguments.count {
                offset = Int(try arguments.integer(index + 1))
                limit = Int(try arguments.integer(index + 2))
                index += 2
            } else if reversed == nil, word.isWord("rev") {
                reversed = true
            } else if kind == nil, word.isWord("bylex") {
                kind = .members
            } else if kind == nil, word.isWord("byscore") {
                kind = .scores
            } else {
                throw .syntax
            }
            index += 1
        }
        self.reversed = reversed ?? false
        let isRanks = (kind ?? .ranks) == .ranks
        if limit != -1, isRanks {
            throw .text(
                """
                ERR syntax error, LIMIT is only supported in combination with either BYSCORE or \
                BYLEX
                """)
        }
        if withScores, kind == .members {
            throw .text(
                "ERR syntax error, WITHSCORES not supported in combination with BYLEX")
        }
        // Without an end to the limit, ranks pass over the offset as well.
        if isRanks { offset = 0 }
        range = try Self.range(arguments, at: start, kind ?? .ranks, self.reversed)
    }

    private static func range(
        _ arguments: Slices, at start: Int, _ kind: Kind, _ reversed: Bool
    ) throws(CommandError) -> SortedSetRange {
        let (first, last) = (arguments[start], arguments[start + 1])
        // Whoever asks from the highest down names the upper end first.
        let (min, max) = reversed ? (last, first) : (first, last)
        return switch kind {
        case .ranks: try SortedSetRange(ranks: arguments, start, start + 1)
        case .scores: try SortedSetRange(scores: min, max)
        case .members: try SortedSetRange(members: min, max)
        }
    }

    /// The ranks of what is asked for, the lowest score first.
    func ranks(in set: SortedSet) -> Range<Int> {
        let ranks = range.ranks(in: set, reversed: reversed)
        guard offset >= 0, offset < ranks.count else { return 0..<0 }
        let count = limit < 0 ? ranks.count - offset : min(limit, ranks.count - offset)
        if reversed {
            let end = ranks.upperBound - offset
            return (end - count)..<end
        }
        let start = ranks.lowerBound + offset
        return start..<(start + count)
    }
}
