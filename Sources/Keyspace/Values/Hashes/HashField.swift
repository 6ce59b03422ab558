import Bytes

/// A field of a hash with its value, lent until the hash changes.
public struct HashField {
    public let field: StringValue
    public let value: StringValue
    /// Unix milliseconds; nothing when the field stays.
    public let deadline: Int64?
}
