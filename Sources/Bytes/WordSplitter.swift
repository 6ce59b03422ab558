/// Splits a line into words by Redis's rules of quoting.
///
/// Words are separated by blanks. Between double quotes `\n \r \t \a \b` and `\xHH` stand for their
/// byte and any other `\c` for `c`; between single quotes only `\'` is special. Quotes may begin
/// inside a word (`ab"c d"` is one word) and must be followed by a blank or the end. A NUL ends the
/// line. Configuration lines, inline requests and the manifest of the log are read this way.
public struct WordSplitter {
    /// Quotes that are not closed, or closed in the middle of a word.
    public struct UnbalancedQuotes: Error, Equatable {}

    private let line: ByteSlice
    private var index = 0

    public init(_ line: ByteSlice) { self.line = line }

    /// Appends the next word's bytes to `target`. Returns false when there is none; an empty pair
    /// of quotes is a word of no bytes.
    public mutating func next(into target: inout ByteBuffer) throws(UnbalancedQuotes) -> Bool {
        while index < line.count, line[index].isASCIISpace { index += 1 }
        guard index < line.count, line[index] != 0 else { return false }
        while index < line.count {
            switch line[index] {
            case 0x20, 0x0a, 0x0d, 0x09, 0:
                return true
            case UInt8(ascii: "\""):
                index += 1
                try appendDoubleQuoted(to: &target)
                return true
            case UInt8(ascii: "'"):
                index += 1
                try appendSingleQuoted(to: &target)
                return true
            case let byte:
                target.append(byte)
                index += 1
            }
        }
        return true
    }

    private mutating func appendDoubleQuoted(
        to target: inout ByteBuffer
    ) throws(UnbalancedQuotes) {
        while index < line.count, line[index] != 0 {
            let byte = line[index]
            if byte == UInt8(ascii: "\"") { return try closeQuotes() }
            if byte == UInt8(ascii: "\\"), let hexadecimal = hexadecimalEscape() {
                target.append(hexadecimal)
                index += 4
            } else if byte == UInt8(ascii: "\\"), index + 1 < line.count, line[index + 1] != 0 {
                target.append(Quoting.byte(escapedBy: line[index + 1]))
                index += 2
            } else {
                target.append(byte)
                index += 1
            }
        }
        throw UnbalancedQuotes()
    }

    private mutating func appendSingleQuoted(
        to target: inout ByteBuffer
    ) throws(UnbalancedQuotes) {
        while index < line.count, line[index] != 0 {
            let byte = line[index]
            if byte == UInt8(ascii: "'") { return try closeQuotes() }
            let isEscaped =
                byte == UInt8(ascii: "\\") && index + 1 < line.count
                && line[index + 1] == UInt8(ascii: "'")
            target.append(isEscaped ? UInt8(ascii: "'") : byte)
            index += isEscaped ? 2 : 1
        }
        throw UnbalancedQuotes()
    }

    private mutating func closeQuotes() throws(UnbalancedQuotes) {
        index += 1
        guard index == line.count || line[index].isASCIISpace || line[index] == 0 else {
            throw UnbalancedQuotes()
        }
    }

    /// The byte that `\xHH` at the current place stands for.
    private func hexadecimalEscape() -> UInt8? {
        guard index + 3 < line.count, line[index + 1] == UInt8(ascii: "x") else { return nil }
        guard let high = line[index + 2].hexadecimalDigit else { return nil }
        guard let low = line[index + 3].hexadecimalDigit else { return nil }
        return high << 4 | low
    }
}

extension ByteSlice {
    /// The words of a line, or nothing when a quote is not closed or not followed by a blank.
    public func words() -> [ByteString]? {
        var splitter = WordSplitter(self)
        var words: [ByteString] = []
        var word = ByteBuffer()
        do throws(WordSplitter.UnbalancedQuotes) {
            while try splitter.next(into: &word) {
                words.append(ByteString(word.bytes))
                word.removeAll()
            }
        } catch {
            return nil
        }
        return words
    }
}
