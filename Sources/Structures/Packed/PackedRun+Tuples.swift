import Bytes
import CPlatform

// Rows whose elements belong together in twos and threes: fields with values, members with scores.
extension PackedRun {
    /// Appends two elements, with one look at the room.
    @inlinable
    public mutating func append(_ first: StringValue, _ second: StringValue) {
        let added = PackedElement.size(first) &+ PackedElement.size(second)
        if start &+ size &+ added > capacity { makeRoom(front: 0, back: added) }
        unsafe PackedElement.write(first, to: base + size)
        unsafe PackedElement.write(second, to: base + (size &+ PackedElement.size(first)))
        size &+= added
        count &+= 2
    }

    /// The position of the pair whose first element is `value`, in canonical form; the pairs stand
    /// from the beginning.
    @inlinable
    public func findPair(_ value: StringValue) -> Int? {
        guard case .bytes(let bytes) = value, bytes.count < 64 else {
            return find(value, stride: 2)
        }
        // Only an element with the same head can be equal, and most are told apart by it.
        let head = 0x80 | UInt8(truncatingIfNeeded: bytes.count)
        let first = unsafe UnsafeRawPointer(base)
        var element = unsafe first
        let end = unsafe first + size
        while unsafe element < end {
            if unsafe element.load(as: UInt8.self) == head,
                unsafe ls_equal(element + 1, bytes.start, bytes.count) != 0
            {
                return unsafe element - first
            }
            unsafe element += PackedElement.size(at: element)
            unsafe element += PackedElement.size(at: element)
        }
        return nil
    }
}
