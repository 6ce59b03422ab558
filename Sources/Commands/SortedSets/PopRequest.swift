import Bytes

/// The words of `ZMPOP` and `BZMPOP`: keys, end, count.
struct PopRequest {
    /// Which arguments are the keys.
    let keys: Range<Int>
    let highest: Bool
    private(set) var count = 1

    /// - Parameter start: the index of the number of keys.
    init(_ arguments: Slices, at start: Int) throws(CommandError) {
        guard let number = arguments[start].integer, number > 0 else {
            throw .text("ERR numkeys should be greater than 0")
        }
        guard number < Int64(arguments.count - start - 1) else { throw .syntax }
        keys = (start + 1)..<(start + 1 + Int(number))
        let end = arguments[keys.upperBound]
        guard end.isWord("min") || end.isWord("max") else { throw .syntax }
        highest = end.isWord("max")
        let rest = keys.upperBound + 1
        guard rest < arguments.count else { return }
        guard arguments[rest].isWord("count"), rest + 1 < arguments.count else { throw .syntax }
        guard let count = arguments[rest + 1].integer, count > 0 else {
            throw .text("ERR count should be greater than 0")
        }
        guard rest + 2 == arguments.count else { throw .syntax }
        self.count = Int(count)
    }
}
