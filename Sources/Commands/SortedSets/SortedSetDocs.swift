// The arguments that the commands of this family have in common.
extension ArgumentDocs {
    static let minimum = ArgumentDocs("min", .double)
    static let maximum = ArgumentDocs("max", .double)
    static let weights = integer("weight", token: "WEIGHTS", [.optional, .multiple])

    static let aggregate = ArgumentDocs(
        "aggregate", .oneOf, token: "AGGREGATE", .optional,
        parts: [.word("sum", "SUM"), .word("min", "MIN"), .word("max", "MAX")])

    static let end = ArgumentDocs.oneOf("where", [.word("min", "MIN"), .word("max", "MAX")])

    static func limit(since: StaticString? = nil) -> ArgumentDocs {
        ArgumentDocs(
            "offset_count", .block, token: "LIMIT", .optional, since: since,
            parts: [.integer("offset"), .integer("count")])
    }

    static func withScores(since: StaticString? = nil) -> ArgumentDocs {
        word("withscores", "WITHSCORES", .optional, since: since)
    }
}

extension SortedSetCommands {
    static let rangeComplexity: StaticString = """
        O(log(N)+M) with N being the number of elements in the sorted set and M the number of \
        elements being returned. If M is constant (e.g. always asking for the first 10 elements \
        with LIMIT), you can consider it O(log(N)).
        """

    /// Of ZRANGE and its like where no LIMIT is documented.
    static let ranksComplexity: StaticString = """
        O(log(N)+M) with N being the number of elements in the sorted set and M the number of \
        elements returned.
        """

    static let intersectionComplexity: StaticString = """
        O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the \
        number of input sorted sets and M being the number of elements in the resulting sorted set.
        """

    static let differenceComplexity: StaticString = """
        O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N \
        is the size of the first set, and K is the size of the result set.
        """

    static let popComplexity: StaticString = """
        O(log(N)*M) with N being the number of elements in the sorted set, and M being the \
        number of elements popped.
        """

    static let popManyComplexity: StaticString = """
        O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of \
        elements in the sorted set, and M being the number of elements popped.
        """
}
