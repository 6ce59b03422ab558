import Bytes

/// What the running command, or the running transaction, leaves to the log.
///
/// A record is a command in request form that rebuilds the same state whenever it is replayed.
/// Records are kept in order, each with its database; the server hands them to the log as one unit,
/// wrapped in MULTI and EXEC when there is more than one.
public struct RecordList: ~Copyable {
    /// Whether anybody wants records: the log is on, or will be.
    public var isKept = false
    private var bytes = ByteBuffer()
    private var extents: [(database: Int, end: Int)] = []
    /// Whether the running command has said what is to be kept instead of itself.
    public private(set) var isReplaced = false
    /// Changes that the running command made; 0 leaves no record of the command as typed.
    public internal(set) var changes = 0

    public init() {}

    public var count: Int { extents.count }
    public var isEmpty: Bool { extents.isEmpty }

    /// A record and its database.
    public subscript(index: Int) -> (database: Int, record: ByteSlice) {
        let start = index == 0 ? 0 : extents[index - 1].end
        return (extents[index].database, bytes.bytes[start..<extents[index].end])
    }

    /// Forgets everything, before a command or a transaction.
    public mutating func removeAll() {
        beginCommand()
        guard !extents.isEmpty else { return }
        bytes.removeAll()
        extents.removeAll(keepingCapacity: true)
    }

    /// Begins a command whose records join those before it.
    public mutating func beginCommand() {
        isReplaced = false
        changes = 0
    }

    /// Keeps a command of these words, in the place of the running one or before it.
    ///
    /// - Parameter replaces: whether the running command itself is then not kept.
    mutating func append(_ words: Slices, database: Int, replaces: Bool) {
        if replaces { isReplaced = true }
        guard isKept else { return }
        bytes.append(UInt8(ascii: "*"))
        bytes.append(decimal: Int64(words.count))
        bytes.append("\r\n")
        for index in 0..<words.count {
            bytes.append(UInt8(ascii: "$"))
            bytes.append(decimal: Int64(words[index].count))
            bytes.append("\r\n")
            bytes.append(words[index])
            bytes.append("\r\n")
        }
        extents.append((database, bytes.count))
    }

    /// Keeps a command as the client sent it.
    public mutating func append(_ canonical: ByteSlice, database: Int) {
        guard isKept else { return }
        bytes.append(canonical)
        extents.append((database, bytes.count))
    }

    /// Keeps a command as the client meant it, when its bytes are not in the log's form.
    public mutating func append(asTyped words: Slices, database: Int) {
        append(words, database: database, replaces: false)
    }

    /// Keeps nothing of the running command.
    mutating func replaceByNothing() { isReplaced = true }
}

extension RecordList {
    /// Keeps the records of another list behind these.
    public mutating func append(contentsOf other: borrowing RecordList) {
        for index in 0..<other.count {
            append(other[index].record, database: other[index].database)
        }
    }

    /// Keeps that a key went because its deadline had passed.
    public mutating func append(expiryOf key: ByteSlice, database: Int, lazily: Bool) {
        guard isKept else { return }
        var words = SliceList(capacity: 2)
        words.append(ByteSlice(lazily ? "UNLINK" : "DEL"))
        words.append(key)
        append(words.all, database: database, replaces: false)
    }

    /// Keeps that a field of a hash went because its deadline had passed.
    public mutating func append(expiryOf field: StringValue, of key: ByteSlice, database: Int) {
        var scratch = ByteBuffer()
        var words = SliceList(capacity: 3)
        words.append(ByteSlice("HDEL"))
        words.append(key)
        words.append(field.text(using: &scratch))
        append(words.all, database: database, replaces: false)
    }
}
