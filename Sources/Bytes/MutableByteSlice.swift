import CPlatform

/// A borrowed run of bytes that may be changed in place: a value that the keyspace lends.
///
/// Like `ByteSlice` it is two words, owns nothing, and is valid as long as what it was taken from is
/// neither resized nor freed. It is never stored.
@safe
@frozen
public struct MutableByteSlice {
    @usableFromInline let base: UnsafeMutablePointer<UInt8>
    public let count: Int

    @inlinable
    public init(start: UnsafeMutableRawPointer, count: Int) {
        unsafe self.base = start.assumingMemoryBound(to: UInt8.self)
        self.count = count
    }

    /// The address of the first byte, for the rooms that may handle addresses.
    @inlinable public var start: UnsafeMutableRawPointer {
        unsafe UnsafeMutableRawPointer(base)
    }

    /// The same bytes, to be read.
    @inlinable public var bytes: ByteSlice { unsafe ByteSlice(start: base, count: count) }

    @inlinable
    public subscript(index: Int) -> UInt8 {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            return unsafe base[index]
        }
        nonmutating set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            unsafe base[index] = newValue
        }
    }

    @inlinable
    public subscript(range: Range<Int>) -> MutableByteSlice {
        precondition(range.lowerBound >= 0)
        precondition(range.upperBound <= count)
        return unsafe MutableByteSlice(start: base + range.lowerBound, count: range.count)
    }

    /// Overwrites the bytes from the offset on with others, which may overlap them.
    public func replace(from offset: Int = 0, with bytes: ByteSlice) {
        let target = self[offset..<offset + bytes.count]
        unsafe target.start.copyMemory(from: bytes.start, byteCount: bytes.count)
    }

    /// Sets every byte to zero.
    public func clear() { unsafe memset(base, 0, count) }
}
