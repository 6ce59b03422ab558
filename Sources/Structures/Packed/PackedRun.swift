import Bytes
import CPlatform

/// A row of listpack elements in one node, with room at either end.
///
/// ```
/// offset 0   header of a `Node`: epoch and size
///        8   number of elements, 32 bits
///       12   where the first element begins, behind the header of 24 bytes, 32 bits
///       16   bytes of the elements, 32 bits
///       20   mark: 32 bits for the owner's use
///       24   room, elements, room
/// ```
///
/// The elements are those of a Redis listpack, byte for byte (`PackedElement`); its head and its end
/// mark are made when a file wants them. Since the header stands apart and there may be room at the
/// front, a push at either end moves nothing.
///
/// A *position* is the offset in bytes of an element from the first one; the end is `size`. Positions
/// are valid until the run changes. A change may move the run: the new handle takes the place of the
/// old one. The contents have been written here or verified before.
@safe
@frozen
public struct PackedRun: Equatable {
    public let node: Node

    @usableFromInline static let headerSize = 24
    /// Elements and all of a run stay below this many bytes.
    public static let sizeMax = Int(UInt32.max) - (1 << 16)
    /// A run that has to grow beyond this size takes a quarter more than it needs.
    @usableFromInline static let slackThreshold = 512

    @inlinable
    public init(node: Node) { self.node = node }

    /// An empty run.
    ///
    /// - Parameters:
    ///   - size: bytes of elements that are to fit.
    public static func make(size: Int = 0, epoch: UInt32 = 0) -> PackedRun {
        precondition(size <= sizeMax)
        let run = PackedRun(
            node: Node.make(size: SizeClass.size(headerSize + size), epoch: epoch))
        unsafe run.node.address.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
        unsafe run.node.address.storeBytes(of: 0, toByteOffset: 16, as: UInt64.self)
        return run
    }

    /// A run of elements that stand in a row already: verified contents of a listpack.
    public static func make(elements: ByteSlice, count: Int, epoch: UInt32 = 0) -> PackedRun {
        let run = make(size: elements.count, epoch: epoch)
        unsafe ls_copy(run.base, elements.start, elements.count)
        run.size = elements.count
        run.count = count
        return run
    }

    public func free() { node.free() }

    /// Bytes that the allocator spends on it.
    public var memoryUsage: Int { node.memoryUsage }

    /// Number of elements.
    @inlinable public internal(set) var count: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 8, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 8, as: UInt32.self)
        }
    }

    @usableFromInline var start: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    /// Bytes of the elements; also the position of the end.
    @inlinable public internal(set) var size: Int {
        get { unsafe Int(node.address.load(fromByteOffset: 16, as: UInt32.self)) }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 16, as: UInt32.self)
        }
    }

    /// For the owner's use.
    @inlinable public var mark: UInt32 {
        get { unsafe node.address.load(fromByteOffset: 20, as: UInt32.self) }
        nonmutating set {
            unsafe node.address.storeBytes(of: newValue, toByteOffset: 20, as: UInt32.self)
        }
    }

    @usableFromInline var capacity: Int { node.size &- Self.headerSize }
    /// Where the first element begins.
    @usableFromInline var base: UnsafeMutableRawPointer {
        unsafe node.address + (Self.headerSize &+ start)
    }

    @inlinable public var isEmpty: Bool { count == 0 }

    /// The elements in their coding, without head and end mark of a listpack.
    @inlinable public var elements: ByteSlice { unsafe ByteSlice(start: base, count: size) }

    /// Bytes that the elements take as a listpack of Redis.
    @inlinable public var listpackSize: Int { size &+ 7 }

    // MARK: Reading

    /// The element at a position.
    @inlinable
    public subscript(position: Int) -> StringValue {
        unsafe PackedElement.value(at: base + position)
    }

    /// The position behind the element at a position.
    @inlinable
    public func next(_ position: Int) -> Int {
        unsafe position &+ PackedElement.size(at: base + position)
    }

    /// The position of the element before a position, which is not the first.
    @inlinable
    public func previous(_ position: Int) -> Int {
        unsafe position &- PackedElement.size(before: base + position)
    }

    /// The position of an element by its index, or the end; walks from the nearer side.
    public func position(of index: Int) -> Int {
        precondition(index >= 0)
        precondition(index <= count)
        if index <= count / 2 {
            var position = 0
            for _ in 0..<index { position = next(position) }
            return position
        }
        var position = size
        for _ in index..<count { position = previous(position) }
        return position
    }

    /// Whether the element at a position has this text.
    @inlinable
    public func isEqual(at position: Int, to value: StringValue) -> Bool {
        switch (self[position], value) {
        case (.integer(let left), .integer(let right)): left == right
        case (.bytes(let left), .bytes(let right)): left == right
        default: false
        }
    }

    /// The first position from `position` on, in steps of `stride` elements, whose element is
    /// `value`, in canonical form; nothing when there is none.
    ///
    /// - Parameter position: of an element, or the end.
    public func find(_ value: StringValue, from position: Int = 0, stride: Int = 1) -> Int? {
        var position = position
        let end = size
        while position < end {
            if isEqual(at: position, to: value) { return position }
            for _ in 0..<stride { position = next(position) }
        }
        return nil
    }
}
