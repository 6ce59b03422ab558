/// A borrowed row of byte slices: the arguments of a request.
///
/// Valid as long as the list that it was taken from, and what its slices point to, stay unchanged.
@safe
@frozen
public struct Slices {
    @usableFromInline let base: UnsafePointer<ByteSlice>
    public let count: Int

    /// - Parameter base: of `count` slices, which stay as long as the row is used.
    @inlinable
    public init(base: UnsafePointer<ByteSlice>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    @inlinable
    public subscript(index: Int) -> ByteSlice {
        precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
        return unsafe base[index]
    }

    /// The slices of a range of indexes.
    public subscript(range: ClosedRange<Int>) -> Slices {
        precondition(range.lowerBound >= 0)
        precondition(range.upperBound < count)
        return unsafe Slices(base: base + range.lowerBound, count: range.count)
    }

    /// The first slices.
    public func first(_ kept: Int) -> Slices {
        precondition(kept >= 0)
        precondition(kept <= count)
        return unsafe Slices(base: base, count: kept)
    }

    /// The address of the first slice, for the rooms that may handle addresses.
    public var start: UnsafeRawPointer { unsafe UnsafeRawPointer(base) }

    /// The slices from an index on.
    public func dropFirst(_ dropped: Int) -> Slices {
        precondition(dropped >= 0)
        precondition(dropped <= count)
        return unsafe Slices(base: base + dropped, count: count - dropped)
    }
}

/// An owned, growable list of byte slices. The bytes belong to somebody else.
@safe
public struct SliceList: ~Copyable {
    @usableFromInline var storage: UnsafeMutablePointer<ByteSlice>
    @usableFromInline var capacity: Int
    public private(set) var count = 0

    public init(capacity: Int = 16) {
        precondition(capacity > 0)
        self.capacity = capacity
        unsafe storage = .allocate(capacity: capacity)
    }

    deinit { unsafe storage.deallocate() }

    public mutating func append(_ slice: ByteSlice) {
        if count == capacity { grow() }
        unsafe (storage + count).initialize(to: slice)
        count &+= 1
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<ByteSlice>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: storage, count: count)
        unsafe storage.deallocate()
        unsafe storage = larger
        capacity *= 2
    }

    public mutating func removeAll() { count = 0 }

    public mutating func truncate(to count: Int) {
        precondition(count <= self.count)
        self.count = count
    }

    /// Lends a part of the list, until the list changes.
    public subscript(range: Range<Int>) -> Slices {
        precondition(range.lowerBound >= 0)
        precondition(range.upperBound <= count)
        return unsafe Slices(base: storage + range.lowerBound, count: range.count)
    }

    /// Lends the whole list, until it changes.
    public var all: Slices { self[0..<count] }
}
