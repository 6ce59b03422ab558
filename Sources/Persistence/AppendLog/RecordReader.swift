import Bytes

/// Reads the content of a log file item by item: records and annotation lines.
///
/// One reader for the server and the tools, so that they never disagree. It is strict: numbers are
/// canonical, every line ends in CR LF, and so does every argument. It allocates nothing per
/// record; arguments are slices of the content and live as long as that.
public struct RecordReader: ~Copyable {
    public enum Item: Equatable, Sendable {
        /// A record; its parts are in `arguments`.
        case record
        /// A line that begins with `#`; see `annotation`.
        case annotation
        /// The content ended between two items.
        case end
    }

    /// The longest annotation, with its line end, in bytes. Redis reads no longer ones.
    public static let annotationSizeMax = 1023

    public let content: ByteSlice
    /// Where the next item begins, in bytes from the content's start.
    public private(set) var offset: Int
    /// Where the last item began.
    public private(set) var itemStart: Int
    private var parts = SliceList(capacity: 64)

    public init(_ content: ByteSlice, from offset: Int = 0) {
        precondition(offset >= 0)
        precondition(offset <= content.count)
        self.content = content
        self.offset = offset
        self.itemStart = offset
    }

    /// The parts of the last record, until the next item is read.
    public var arguments: Slices { parts.all }

    /// The bytes of the last item, line ends included.
    public var item: ByteSlice { content[itemStart..<offset] }

    /// Reads the next item. After an error the reader stays where the item began.
    public mutating func next() throws(RecordError) -> Item {
        itemStart = offset
        guard offset < content.count else { return .end }
        var cursor = offset
        switch content[cursor] {
        case UInt8(ascii: "*"):
            try readRecord(&cursor)
            offset = cursor
            return .record
        case UInt8(ascii: "#"):
            try readAnnotation(&cursor)
            offset = cursor
            return .annotation
        default:
            throw error(.prefix(expected: UInt8(ascii: "*"), got: content[cursor]), at: cursor)
        }
    }

    /// Goes on somewhere else, as after a batch that is skipped.
    public mutating func move(to offset: Int) {
        precondition(offset >= 0)
        precondition(offset <= content.count)
        self.offset = offset
    }

    private mutating func readRecord(_ cursor: inout Int) throws(RecordError) {
        parts.removeAll()
        let countOffset = cursor
        let count = try readNumber(after: UInt8(ascii: "*"), &cursor)
        guard count > 0 else { throw error(.argumentCount, at: countOffset) }
        for _ in 0..<count {
            let size = try readNumber(after: UInt8(ascii: "$"), &cursor)
            let left = content.count - cursor
            guard left >= size else {
                throw error(.endsEarly(expected: size + 2, got: left), at: cursor)
            }
            parts.append(content[cursor..<cursor + size])
            cursor += size
            try readLineEnd(&cursor)
        }
    }

    /// Reads a prefix, a canonical number and a line end.
    private func readNumber(
        after prefix: UInt8, _ cursor: inout Int
    ) throws(RecordError) -> Int {
        guard cursor < content.count else {
            throw error(.endsEarly(expected: 1, got: 0), at: cursor)
        }
        guard content[cursor] == prefix else {
            throw error(.prefix(expected: prefix, got: content[cursor]), at: cursor)
        }
        cursor += 1
        let start = cursor
        var number = 0
        while cursor < content.count, content[cursor].isASCIIDigit {
            let isLeadingZero = cursor > start && number == 0
            guard !isLeadingZero, cursor - start < 18 else { throw error(.number, at: start) }
            number = number * 10 + Int(content[cursor] - 0x30)
            cursor += 1
        }
        guard cursor > start || cursor == content.count else { throw error(.number, at: start) }
        try readLineEnd(&cursor)
        return number
    }

    private func readLineEnd(_ cursor: inout Int) throws(RecordError) {
        let left = content.count - cursor
        if left >= 2 {
            let first = content[cursor]
            let second = content[cursor + 1]
            guard first == 0x0d, second == 0x0a else {
                throw error(.lineEnd(first, second), at: cursor)
            }
        } else {
            guard left == 0 || content[cursor] == 0x0d else {
                throw error(.lineEnd(content[cursor], 0), at: cursor)
            }
            throw error(.endsEarly(expected: 2, got: left), at: cursor)
        }
        cursor += 2
    }

    private func readAnnotation(_ cursor: inout Int) throws(RecordError) {
        let limit = min(content.count, cursor + Self.annotationSizeMax)
        let start = cursor
        while cursor < limit, content[cursor] != 0x0a {
            // A line whose middle the disk never got would swallow what stood there.
            guard content[cursor] != 0 else { throw error(.zeroInAnnotation, at: cursor) }
            cursor += 1
        }
        guard cursor < limit else {
            let isTooLong = limit - start == Self.annotationSizeMax
            let got = limit - start
            throw error(
                isTooLong ? .annotationTooLong : .endsEarly(expected: got + 1, got: got),
                at: start)
        }
        guard cursor > start, content[cursor - 1] == 0x0d else {
            throw error(.lineEnd(content[cursor - 1], 0x0a), at: cursor - 1)
        }
        cursor += 1
    }

    private func error(_ reason: RecordError.Reason, at offset: Int) -> RecordError {
        RecordError(reason: reason, offset: offset, itemStart: itemStart)
    }
}
