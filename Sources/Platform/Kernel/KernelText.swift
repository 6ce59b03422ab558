import Bytes

/// The small files in which the kernel tells about itself.
enum KernelText {
    /// The content without blanks at its end; nil when it cannot be read.
    static func contents(of path: String) -> String? {
        guard var text = try? KernelFileSystem().contents(of: path).text else { return nil }
        while let last = text.utf8.last, last.isASCIISpace { text.removeLast() }
        return text
    }

    static func number(at path: String) -> Int? { contents(of: path).flatMap { Int($0) } }

    /// The words of a text, blanks between them.
    static func words(of text: String) -> [String] {
        text.split(whereSeparator: { $0.isWhitespace }).map { String($0) }
    }
}
