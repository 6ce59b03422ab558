import Bytes
import Keyspace

extension ByteBuffer {
    /// Appends the records that rebuild an entry: of its value, and `PEXPIREAT` if it has a deadline.
    mutating func appendRecords(of entry: Entry) {
        switch entry.type {
        case .string:
            appendRecordHead(argumentCount: 3)
            appendRecordArgument("SET")
            appendRecordArgument(entry.key)
            switch entry.string {
            case .integer(let value): appendRecordArgument(value)
            case .bytes(let text): appendRecordArgument(text)
            }
        case .list, .set, .sortedSet, .hash, .stream:
            var writer = RecordWriter(entry.value, key: entry.key)
            while writer.append(to: &self, size: .max) {}
        }
        appendDeadline(of: entry)
    }

    /// Appends the beginning of a `SET`; the string follows, then `appendRecordEnd`.
    mutating func appendRecordHead(ofSetting key: ByteSlice, toStringOfSize size: Int) {
        appendRecordHead(argumentCount: 3)
        appendRecordArgument("SET")
        appendRecordArgument(key)
        append(UInt8(ascii: "$"))
        append(decimal: Int64(size))
        append("\r\n")
    }

    /// Appends what follows a value that is not written here: of a string, what its `SET` lacks.
    mutating func appendRecordEnd(of entry: Entry) {
        if entry.type == .string { append("\r\n") }
        appendDeadline(of: entry)
    }

    private mutating func appendDeadline(of entry: Entry) {
        if let deadline = entry.deadline {
            appendRecordHead(argumentCount: 3)
            appendRecordArgument("PEXPIREAT")
            appendRecordArgument(entry.key)
            appendRecordArgument(deadline)
        }
    }
}
