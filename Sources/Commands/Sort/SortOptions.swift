import Bytes

/// The words behind `SORT key`.
struct SortOptions {
    private(set) var isDescending = false
    private(set) var isAlphabetic = false
    private(set) var offset: Int64 = 0
    /// Negative: all from the offset on.
    private(set) var count: Int64 = -1
    private(set) var by: SortPattern?
    private(set) var gets: [SortPattern] = []
    private(set) var target: ByteSlice?

    /// Whether the elements stay in the order in which they are: `BY` a name without a star, whatever
    /// another `BY` says.
    private(set) var staysUnsorted = false

    /// - Parameter storing: whether `STORE` is one of the options.
    init(_ arguments: Slices, storing: Bool) throws(CommandError) {
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            let left = arguments.count - index - 1
            if word.isWord("asc") {
                isDescending = false
            } else if word.isWord("desc") {
                isDescending = true
            } else if word.isWord("alpha") {
                isAlphabetic = true
            } else if word.isWord("limit"), left >= 2 {
                offset = try arguments.integer(index + 1)
                count = try arguments.integer(index + 2)
                index += 2
            } else if storing, word.isWord("store"), left >= 1 {
                target = arguments[index + 1]
                index += 1
            } else if word.isWord("by"), left >= 1 {
                let pattern = SortPattern(arguments[index + 1])
                if !pattern.hasStar { staysUnsorted = true }
                by = pattern
                index += 1
            } else if word.isWord("get"), left >= 1 {
                gets.append(SortPattern(arguments[index + 1]))
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    /// Sorts texts, whatever was asked for: a set that is stored without sorting would otherwise
    /// become a list in an order that is nobody's.
    mutating func sortTexts() {
        isAlphabetic = true
        by = nil
        staysUnsorted = false
    }

    /// The part of so many elements that is wanted.
    func range(of total: Int) -> Range<Int> {
        let start = Int(min(max(offset, 0), Int64(total)))
        let wanted = Int(min(max(count, -1), Int64(total)))
        let end = wanted < 0 ? total : min(start + wanted, total)
        return start..<end
    }
}
