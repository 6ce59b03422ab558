import Bytes

/// One line of a configuration file.
struct ConfigurationLine {
    enum Content {
        /// Blank, or a comment.
        case nothing
        case unbalanced
        /// The name in lower case, and the words behind it.
        case words(String, [ByteString])
    }

    /// The line without the blanks around it.
    let text: ByteString
    let content: Content

    init(_ bytes: some Collection<UInt8>) {
        let text = ByteString(Self.trim(Array(bytes)))
        self.text = text
        guard let first = text.array.first, first != UInt8(ascii: "#") else {
            content = .nothing
            return
        }
        guard let words = text.withSlice({ $0.words() }) else {
            content = .unbalanced
            return
        }
        guard let name = words.first else {
            content = .nothing
            return
        }
        content = .words(name.text.lowercased(), Array(words.dropFirst()))
    }

    private static func trim(_ bytes: [UInt8]) -> [UInt8] {
        let isBlank = { (byte: UInt8) in
            byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
        }
        let start = bytes.firstIndex { !isBlank($0) } ?? bytes.endIndex
        let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
        return Array(bytes[start..<max(start, end)])
    }
}
