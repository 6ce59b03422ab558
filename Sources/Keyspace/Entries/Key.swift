import Bytes
import Structures

/// A key of a request with its hash, which is computed once.
public struct Key {
    public let bytes: ByteSlice
    public let hash: UInt64

    public init(_ bytes: ByteSlice) {
        self.bytes = bytes
        self.hash = KeyHash.hash(bytes)
    }

    /// - Parameter hash: what `KeyHash.hash` gave for the same bytes.
    @inlinable
    public init(_ bytes: ByteSlice, hash: UInt64) {
        self.bytes = bytes
        self.hash = hash
    }
}
