import Bytes
import Keyspace

extension Slices {
    /// An argument as an integer of 64 bits.
    public func integer(_ index: Int) throws(CommandError) -> Int64 {
        guard let value = self[index].integer else { throw .notAnInteger }
        return value
    }

    /// An argument as an integer that is at least zero.
    public func count(
        _ index: Int, orElse error: CommandError = .notAnInteger
    ) throws(CommandError) -> Int {
        guard let value = self[index].integer, value >= 0 else { throw error }
        return Int(value)
    }

    public func key(_ index: Int) -> Key { Key(self[index]) }

    /// An argument as the index of a database that exists.
    public func databaseIndex(_ index: Int, of count: Int) throws(CommandError) -> Int {
        let value = try integer(index)
        guard Int32(exactly: value) != nil else {
            throw .text(
                "ERR value is out of range, value must between -2147483648 and 2147483647")
        }
        guard value >= 0, value < count else { throw .databaseIndexOutOfRange }
        return Int(value)
    }
}

extension Entry {
    /// The string value of an entry; any other type is the caller's error.
    public func requireString() throws(CommandError) -> StringValue {
        guard type == .string else { throw .wrongType }
        return string
    }
}

extension Optional where Wrapped == Entry {
    /// The string value of an entry that may be missing.
    public func requireString() throws(CommandError) -> StringValue? {
        guard let entry = self else { return nil }
        return try entry.requireString()
    }
}
