import Bytes

/// The last commands that took longer than `slowlog-log-slower-than`.
struct SlowLog {
    struct Item {
        let identifier: Int64
        /// Unix seconds at which it was noted.
        let time: Int64
        let microseconds: Int64
        /// Shortened to what is worth keeping.
        let words: [ByteString]
        let peer: String
        let clientName: ByteString
    }

    static let wordsMax = 32
    static let wordCountMax = 128

    /// Newest first.
    private(set) var items: [Item] = []
    private var nextIdentifier: Int64 = 0

    mutating func add(
        _ words: [ByteString], microseconds: Int64, time: Int64, peer: String,
        clientName: ByteString, countMax: Int
    ) {
        let item = Item(
            identifier: nextIdentifier, time: time, microseconds: microseconds, words: words,
            peer: peer, clientName: clientName)
        nextIdentifier += 1
        items.insert(item, at: 0)
        trim(to: countMax)
    }

    mutating func trim(to countMax: Int) {
        if items.count > countMax { items.removeLast(items.count - countMax) }
    }

    mutating func removeAll() { items.removeAll() }

    /// The words of a request as the log keeps them: few and short, with a note of what is cut.
    ///
    /// - Parameter command: its full name, which decides which words are secret.
    static func shorten(_ arguments: Slices, of command: String) -> [ByteString] {
        let shown = arguments.count > wordsMax ? wordsMax - 1 : arguments.count
        var words = (0..<shown).map { index -> ByteString in
            if SecretArguments.contains(index, of: arguments, to: command) {
                return ByteString(ByteSlice(SecretArguments.replacement))
            }
            let word = arguments[index]
            guard word.count > wordCountMax else { return ByteString(word) }
            let rest = word.count - wordCountMax
            return ByteString(
                word[..<wordCountMax].array + Array("... (\(rest) more bytes)".utf8))
        }
        if shown < arguments.count {
            words.append(ByteString("... (\(arguments.count - shown) more arguments)"))
        }
        return words
    }
}
