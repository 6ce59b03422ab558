import Bytes
import Persistence

/// Finds the way back into a log behind bytes that cannot be read.
enum Resync {
    /// The next place from which a batch line, two items in a row, or one up to the end can be read.
    static func next(in content: ByteSlice, from start: Int) -> Int? {
        var offset = start
        while offset < content.count {
            if isBelievable(content, offset) { return offset }
            offset += 1
        }
        return nil
    }

    /// Whether a batch line, or commands, can be read from a place.
    static func isBelievable(_ content: ByteSlice, _ place: Int) -> Bool {
        switch content[place] {
        case UInt8(ascii: "#"): return isLine(content, place)
        case UInt8(ascii: "*"):
            var reader = RecordReader(content, from: place)
            guard (try? reader.next()) == .record else { return false }
            return (try? reader.next()) != nil
        default: return false
        }
    }

    /// The next batch line, with its batch behind it.
    static func nextLine(in content: ByteSlice, from start: Int) -> Int? {
        var offset = start
        while let found = content.firstIndex(of: UInt8(ascii: "#"), from: offset) {
            if isLine(content, found) { return found }
            offset = found + 1
        }
        return nil
    }

    /// Whether a batch line stands at a place, whose size leads to something that can follow it:
    /// chance does not write that into a value.
    private static func isLine(_ content: ByteSlice, _ place: Int) -> Bool {
        let start = place + BatchLine.size
        guard start <= content.count, let line = BatchLine(content[place..<start]),
            line.size <= UInt64(content.count - start)
        else { return false }
        let end = start + Int(line.size)
        guard end < content.count else { return true }
        return content[end] == UInt8(ascii: "#") || content[end] == UInt8(ascii: "*")
    }

    /// Whether a word stands somewhere as an argument of a command.
    static func holds(_ word: StaticString, _ bytes: ByteSlice) -> Bool {
        lastIndex(of: word, in: bytes) != nil
    }

    /// The database of the last SELECT that can be made out.
    static func lastSelect(in bytes: ByteSlice) -> Int? {
        guard let place = lastIndex(of: "select", in: bytes) else { return nil }
        // Behind the word: CR LF, `$`, the number of digits, CR LF, the digits, CR.
        var offset = place + 8
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "$"),
            let lineEnd = bytes.firstIndex(of: 0x0a, from: offset)
        else { return nil }
        offset = lineEnd + 1
        guard let end = bytes.firstIndex(of: 0x0d, from: offset),
            let number = bytes[offset..<end].integer, number >= 0, number <= Int64(Int32.max)
        else { return nil }
        return Int(number)
    }

    /// Where a word that a line end follows stands last.
    private static func lastIndex(of word: StaticString, in bytes: ByteSlice) -> Int? {
        let size = ByteSlice(word).count
        var place = bytes.count - size - 2
        while place >= 0 {
            if bytes[place + size] == 0x0d, bytes[place + size + 1] == 0x0a,
                bytes[place..<place + size].isWord(word)
            {
                return place
            }
            place -= 1
        }
        return nil
    }
}
