import Bytes
import Keyspace

extension ByteBuffer {
    /// Appends the records that rebuild an entry: `SET`, and `PEXPIREAT` if it has a deadline.
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
            preconditionFailure("no entry has a type that cannot be saved")
        }
        if let deadline = entry.deadline {
            appendRecordHead(argumentCount: 3)
            appendRecordArgument("PEXPIREAT")
            appendRecordArgument(entry.key)
            appendRecordArgument(deadline)
        }
    }
}
