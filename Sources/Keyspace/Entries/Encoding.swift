/// The types of values, numbered as in `TYPE`'s and the RDB's old order.
public enum ValueType: UInt8, Sendable, CaseIterable {
    case string, list, set, sortedSet, hash, stream

    /// What `TYPE` answers.
    public var name: StaticString {
        switch self {
        case .string: "string"
        case .list: "list"
        case .set: "set"
        case .sortedSet: "zset"
        case .hash: "hash"
        case .stream: "stream"
        }
    }
}

/// How a value is encoded, as far as a user is told: what `OBJECT ENCODING` answers.
public enum Encoding: UInt8, Sendable {
    case integer, embedded, raw

    public var name: StaticString {
        switch self {
        case .integer: "int"
        case .embedded: "embstr"
        case .raw: "raw"
        }
    }
}
