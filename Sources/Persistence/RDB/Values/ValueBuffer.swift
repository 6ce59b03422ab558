import Bytes
import Structures

/// Bytes of an RDB file or payload in the making: final but for strings that may be compressed.
///
/// Compressing costs more than everything else, so it is left to who has the time: strings that may
/// be compressed are noted, and `StringCompressor` makes the final form.
struct ValueBuffer: ~Copyable {
    var bytes: ByteBuffer

    /// Where in `bytes` a string begins that may be compressed, ascending: its length in the
    /// file's coding, then its bytes.
    var strings: [Int] = []

    init(capacity: Int = 0) { bytes = ByteBuffer(capacity: capacity) }

    var count: Int { bytes.count }

    mutating func removeAll() {
        bytes.removeAll()
        strings.removeAll(keepingCapacity: true)
    }

    /// Appends a string: an integer where its text is one, otherwise plain, noted for compression
    /// where that may follow.
    mutating func append(string text: ByteSlice, compressing: Bool) {
        if text.count <= RDBStringForm.integerSizeMax, let value = text.integer,
            Int32(exactly: value) != nil
        {
            return bytes.append(rdbInteger: value)
        }
        note(text.count, compressing)
        bytes.append(rdbPlain: text)
    }

    /// Appends an element of a collection.
    mutating func append(_ element: StringValue, compressing: Bool) {
        switch element {
        case .integer(let value): bytes.append(rdbInteger: value)
        case .bytes(let text):
            note(text.count, compressing)
            bytes.append(rdbPlain: text)
        }
    }

    /// Appends a string that is an encoding of its own.
    mutating func append(encoding: ByteSlice, compressing: Bool) {
        note(encoding.count, compressing)
        bytes.append(rdbPlain: encoding)
    }

    /// Appends a string that is a listpack of elements in their coding.
    mutating func append(listpackOf elements: ByteSlice, count: Int, compressing: Bool) {
        let size = elements.count + 7
        note(size, compressing)
        bytes.append(rdbLength: size)
        bytes.append(listpackOf: elements, count: count)
    }

    /// Notes the string of a size that is appended next.
    private mutating func note(_ size: Int, _ compressing: Bool) {
        guard compressing, size > RDBStringForm.uncompressedSizeMax else { return }
        strings.append(bytes.count)
    }
}
