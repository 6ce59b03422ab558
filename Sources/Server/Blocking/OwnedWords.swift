import Bytes

/// The words of a request, copied so that they outlive the buffer in which they came.
struct OwnedWords: ~Copyable {
    private let bytes: ByteBuffer
    private let words: SliceList

    init(_ arguments: Slices) {
        var bytes = ByteBuffer()
        for index in 0..<arguments.count { bytes.append(arguments[index]) }
        var words = SliceList(capacity: max(1, arguments.count))
        var start = 0
        for index in 0..<arguments.count {
            let end = start + arguments[index].count
            words.append(bytes.bytes[start..<end])
            start = end
        }
        self.bytes = bytes
        self.words = words
    }

    init(_ arguments: [ByteString]) {
        var bytes = ByteBuffer()
        for word in arguments { bytes.append(word) }
        var words = SliceList(capacity: max(1, arguments.count))
        var start = 0
        for word in arguments {
            words.append(bytes.bytes[start..<(start + word.count)])
            start += word.count
        }
        self.bytes = bytes
        self.words = words
    }

    /// The words, as long as their owner lives.
    var all: Slices { words.all }

    /// Bytes that the copy takes.
    var size: Int { bytes.capacity }
}
