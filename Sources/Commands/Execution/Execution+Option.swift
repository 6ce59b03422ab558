import Bytes

extension Execution {
    /// Keeps the command as typed, but without an option word wherever it stands among the
    /// arguments from an index on.
    ///
    /// - Parameter word: in lower case.
    mutating func keep(_ arguments: Slices, withoutOption word: StaticString, from start: Int) {
        var words = SliceList()
        for index in 0..<arguments.count
        where index < start || !arguments[index].isWord(word) {
            words.append(arguments[index])
        }
        keep(words.all)
    }
}
