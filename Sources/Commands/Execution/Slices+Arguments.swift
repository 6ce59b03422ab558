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
