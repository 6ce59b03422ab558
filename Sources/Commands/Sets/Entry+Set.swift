import Bytes
import Keyspace
import RESP

extension Optional where Wrapped == Entry {
    /// The set of an entry that may be missing; any other type is the caller's error.
    func requireSet() throws(CommandError) -> SetContents? {
        guard let entry = self else { return nil }
        guard entry.type == .set else { throw .wrongType }
        return entry.set
    }
}

extension Execution {
    /// The set of a key for a command that reads it.
    func set(of argument: ByteSlice) throws(CommandError) -> SetContents? {
        try database.entry(of: key(argument)).requireSet()
    }

    /// The entry of a set that is going to change.
    func setForChange(of key: Key) throws(CommandError) -> Entry? {
        guard let entry = database.valueForChange(of: key) else { return nil }
        guard entry.type == .set else { throw .wrongType }
        return entry
    }
}

extension ReplyWriter {
    /// A member as a bulk string.
    func member(_ member: StringValue) {
        switch member {
        case .bytes(let bytes): bulk(bytes)
        case .integer(let integer): bulk(decimal: integer)
        }
    }
}
