import Bytes
import Commands

/// Lends the words of a line as the arguments of a request; `''` is the empty word.
func withWords<Result, Failure: Error>(
    _ line: String, _ body: (Slices) throws(Failure) -> Result
) throws(Failure) -> Result {
    var bytes = ByteBuffer()
    var ends: [Int] = []
    for word in line.split(separator: " ") {
        if word != "''" { bytes.append(text: String(word)) }
        ends.append(bytes.count)
    }
    var words = SliceList()
    var start = 0
    for end in ends {
        words.append(bytes.bytes[start..<end])
        start = end
    }
    return try body(words.all)
}

/// The error line that parsing the words of a line ends with; nothing when they are right.
func refusal(of line: String, _ body: (Slices) throws(CommandError) -> Void) -> String? {
    do throws(CommandError) {
        try withWords(line, body)
        return nil
    } catch {
        return error.withText { $0.text }
    }
}
