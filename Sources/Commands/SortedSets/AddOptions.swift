import Bytes

/// The words between the key of `ZADD` and its scores.
struct AddOptions {
    private(set) var onlyNew = false
    private(set) var onlyPresent = false
    private(set) var onlyGreater = false
    private(set) var onlyLess = false
    private(set) var countsChanged = false
    private(set) var increments = false
    /// Where the scores begin.
    private(set) var end = 2

    /// The options of `ZINCRBY`.
    static let increment: AddOptions = {
        var options = AddOptions()
        options.increments = true
        return options
    }()

    /// No options.
    init() {}

    /// Reads the options of a request and checks what follows them.
    init(_ arguments: Slices) throws(CommandError) {
        while end < arguments.count, take(arguments[end]) { end += 1 }
        let left = arguments.count - end
        guard left > 0, left % 2 == 0 else { throw .syntax }
        guard !(onlyNew && onlyPresent) else {
            throw .text("ERR XX and NX options at the same time are not compatible")
        }
        guard !(onlyGreater && onlyNew), !(onlyLess && onlyNew), !(onlyGreater && onlyLess) else {
            throw .text("ERR GT, LT, and/or NX options at the same time are not compatible")
        }
        guard !increments || left == 2 else {
            throw .text("ERR INCR option supports a single increment-element pair")
        }
    }

    /// Takes a word if it is an option.
    mutating func take(_ word: ByteSlice) -> Bool {
        // A score is no word: most requests end here.
        guard let first = word.first, first | 0x20 > UInt8(ascii: "9") else { return false }
        if word.isWord("nx") {
            onlyNew = true
        } else if word.isWord("xx") {
            onlyPresent = true
        } else if word.isWord("gt") {
            onlyGreater = true
        } else if word.isWord("lt") {
            onlyLess = true
        } else if word.isWord("ch") {
            countsChanged = true
        } else if word.isWord("incr") {
            increments = true
        } else {
            return false
        }
        return true
    }

    /// Takes one of the words that `GEOADD` shares with `ZADD`.
    mutating func takeForPlace(_ word: ByteSlice) -> Bool {
        guard word.isWord("nx") || word.isWord("xx") || word.isWord("ch") else { return false }
        return take(word)
    }

    /// The score that a member with this one is to have; nothing when it keeps its own.
    ///
    /// - Returns: also nothing when the new score would be the old one.
    func score(
        replacing old: Double, by given: Double
    ) throws(CommandError) -> (new: Double, isProcessed: Bool) {
        guard !onlyNew else { return (old, false) }
        let new = increments ? old + given : given
        guard !new.isNaN else { throw .text("ERR resulting score is not a number (NaN)") }
        if onlyLess, new >= old { return (old, false) }
        if onlyGreater, new <= old { return (old, false) }
        return (new, true)
    }
}
