import CPlatform

/// A block of memory that belongs to a value of several blocks.
///
/// ```
/// offset 0   epoch of the value in which the block was made, 32 bits
///        4   size of the allocation in units of 16 bytes, 32 bits
///        8   what the kind of block says
/// ```
///
/// Handles are copied freely. The value owns its nodes; `VersionedRoot` says when one may change and
/// when it is freed.
@safe
@frozen
public struct Node: Equatable {
    public let address: UnsafeMutableRawPointer

    /// Bytes before what the kind of block says.
    public static let headerSize = 8
    @usableFromInline static let unit = 16

    @inlinable
    public init(address: UnsafeMutableRawPointer) { unsafe self.address = address }

    /// Allocates a node of at least `size` bytes, header included; what follows the header is
    /// uninitialised.
    @inlinable
    public static func make(size: Int, epoch: UInt32 = 0) -> Node {
        let units = (size &+ unit &- 1) / unit
        precondition(units <= Int(UInt32.max))
        guard let address = unsafe ls_allocate(units &* unit) else {
            preconditionFailure("out of memory for a node of \(size) bytes")
        }
        unsafe address.storeBytes(
            of: UInt64(epoch) | UInt64(units) &<< 32, as: UInt64.self)
        return unsafe Node(address: address)
    }

    @inlinable
    public static func == (left: Node, right: Node) -> Bool {
        unsafe left.address == right.address
    }

    @inlinable public var epoch: UInt32 {
        get { unsafe address.load(as: UInt32.self) }
        nonmutating set { unsafe address.storeBytes(of: newValue, as: UInt32.self) }
    }

    /// Bytes of the allocation.
    @inlinable public var size: Int {
        unsafe Int(address.load(fromByteOffset: 4, as: UInt32.self)) &* Self.unit
    }

    /// The same contents in a node of its own.
    public func copied(epoch: UInt32 = 0) -> Node {
        let copy = Node.make(size: size, epoch: epoch)
        unsafe ls_copy(
            copy.address + Self.headerSize, address + Self.headerSize, size &- Self.headerSize)
        return copy
    }

    /// Gives the memory back, without looking at what it refers to.
    @inlinable
    public func free() { unsafe ls_free(address, size) }

    /// Bytes that the allocator spends on it.
    public var memoryUsage: Int { SizeClass.size(size) }
}
