import Bytes

/// The option of `SET` and `GETEX` that says when a key goes: `EX`, `PX`, `EXAT` or `PXAT` and a
/// number behind it.
struct TimeArgument: Equatable {
    let unit: TimeUnit
    /// Whether the number is a moment rather than a time to live.
    let isAbsolute: Bool
    /// Where the number stands among the arguments.
    let index: Int

    /// - Parameter index: of the word among the arguments, which a number has to follow.
    init?(_ arguments: Slices, at index: Int) {
        let word = arguments[index]
        if word.isWord("ex") {
            (unit, isAbsolute) = (.seconds, false)
        } else if word.isWord("px") {
            (unit, isAbsolute) = (.milliseconds, false)
        } else if word.isWord("exat") {
            (unit, isAbsolute) = (.seconds, true)
        } else if word.isWord("pxat") {
            (unit, isAbsolute) = (.milliseconds, true)
        } else {
            return nil
        }
        guard index + 1 < arguments.count else { return nil }
        self.index = index + 1
    }

    /// Whether the same word was given again, which Redis takes as its correction.
    func corrects(_ other: TimeArgument?) -> Bool {
        guard let other else { return true }
        return unit == other.unit && isAbsolute == other.isAbsolute
    }

    /// The moment in Unix milliseconds.
    func deadline(
        _ arguments: Slices, _ execution: borrowing Execution, of name: StaticString
    ) throws(CommandError) -> Int64 {
        let number = try arguments.integer(index)
        return isAbsolute
            ? try Execution.deadline(at: number, unit, of: name)
            : try execution.deadline(after: number, unit, of: name)
    }
}
