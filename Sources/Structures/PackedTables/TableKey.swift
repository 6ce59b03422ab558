import Bytes

/// A field or member in its canonical form, with its hash: what a `PackedTable` is asked for.
@frozen
public struct TableKey {
    public let value: StringValue
    public let hash: UInt64

    /// The key of a text, which is an integer wherever it can be.
    public init(_ bytes: ByteSlice) { self.init(StringValue(bytes)) }

    /// - Parameter value: in canonical form.
    public init(_ value: StringValue) {
        self.value = value
        self.hash = KeyHash.hash(value)
    }

    /// The key of an element whose hash is known.
    init(_ value: StringValue, hash: UInt64) {
        self.value = value
        self.hash = hash
    }
}
