import Bytes
import CPlatform
import Structures

/// A leaf of a stream: some entries, as a node of a Redis stream holds them.
///
/// ```
/// offset 0   header of a `Node`
///        8   live entries, 32 bits
///       12   deleted entries, which still stand there, 32 bits
///       16   master ID: milliseconds and sequence, 64 bits each
///       32   bytes of the elements, 32 bits
///       36   number of the elements, 32 bits
///       40   number of master fields, 32 bits
///       44   where the first entry begins among the elements, 32 bits
///       48   elements, then room
/// ```
///
/// In Redis a node is a listpack that begins with the live and deleted counts and the number of master
/// fields. These three stand in the header here, where a change moves nothing; the elements are what
/// follows them, byte for byte:
///
/// ```
/// master field 1 … master field n   0
/// flags   milliseconds − master's   sequence − master's   [number of fields]   fields and values
///     number of the elements of this entry before this one
/// …
/// ```
///
/// Flag 1 marks a deleted entry; with flag 2 an entry has the master's fields, and only its values
/// stand there. The last number lets the entries be walked from the end.
///
/// A *position* is the offset of an element from the first one. The contents have been written here
/// or verified before.
@safe
@frozen
public struct StreamNode: Equatable {
    public let node: Node

    @usableFromInline static let headerSize = 48
    @usableFromInline static let deletedFlag: Int64 = 1
    @usableFromInline static let masterFieldsFlag: Int64 = 2
    /// A node and an entry stay below this many bytes.
    public static let sizeMax = 1 << 30

    @inlinable
    public init(_ node: Node) { self.node = node }

    @inlinable
    func number(at offset: Int) -> Int {
        unsafe Int(node.address.load(fromByteOffset: offset, as: UInt32.self))
    }

    @inlinable
    func setNumber(at offset: Int, to value: Int) {
        unsafe node.address.storeBytes(of: UInt32(value), toByteOffset: offset, as: UInt32.self)
    }

    @inlinable public internal(set) var liveCount: Int {
        get { number(at: 8) }
        nonmutating set { setNumber(at: 8, to: newValue) }
    }

    @inlinable public internal(set) var deletedCount: Int {
        get { number(at: 12) }
        nonmutating set { setNumber(at: 12, to: newValue) }
    }

    @inlinable public internal(set) var masterID: StreamID {
        get {
            unsafe StreamID(
                milliseconds: node.address.load(fromByteOffset: 16, as: UInt64.self),
                sequence: node.address.load(fromByteOffset: 24, as: UInt64.self))
        }
        nonmutating set {
            unsafe node.address.storeBytes(
                of: newValue.milliseconds, toByteOffset: 16, as: UInt64.self)
            unsafe node.address.storeBytes(
                of: newValue.sequence, toByteOffset: 24, as: UInt64.self)
        }
    }

    /// Bytes of the elements; also the position of the end.
    @inlinable var size: Int {
        get { number(at: 32) }
        nonmutating set { setNumber(at: 32, to: newValue) }
    }

    /// Number of the elements.
    @inlinable var elementCount: Int {
        get { number(at: 36) }
        nonmutating set { setNumber(at: 36, to: newValue) }
    }

    @inlinable var masterFieldCount: Int {
        get { number(at: 40) }
        nonmutating set { setNumber(at: 40, to: newValue) }
    }

    /// The position of the first entry.
    @inlinable var firstPosition: Int {
        get { number(at: 44) }
        nonmutating set { setNumber(at: 44, to: newValue) }
    }

    @inlinable var base: UnsafeMutableRawPointer { unsafe node.address + Self.headerSize }
    var capacity: Int { node.size - Self.headerSize }
    private var elements: ByteSlice { unsafe ByteSlice(start: base, count: size) }

    /// The three counts with which Redis's listpack begins.
    private var counts: [Int64] {
        [Int64(liveCount), Int64(deletedCount), Int64(masterFieldCount)]
    }

    /// Bytes that the node takes as a listpack of Redis, which is what the limit of nodes is about.
    var listpackSize: Int {
        size + 7 + PackedElement.size(.integer(Int64(liveCount)))
            + PackedElement.size(.integer(Int64(deletedCount)))
            + PackedElement.size(.integer(Int64(masterFieldCount)))
    }

    /// Appends the node as a listpack of Redis: its size in bytes, 32 bits, the number of elements,
    /// 16 bits, or 65535 for that and more, the elements, and 0xff.
    public func appendListpack(to buffer: inout ByteBuffer) {
        let listpackSize = listpackSize
        buffer.reserve(listpackSize)
        buffer.append(littleEndian: UInt32(listpackSize))
        buffer.append(littleEndian: UInt16(min(elementCount + 3, Int(UInt16.max))))
        for count in counts {
            _ = unsafe buffer.appendFilled(upTo: 16) {
                guard let start = $0.baseAddress else { return 0 }
                return unsafe PackedElement.write(.integer(count), to: start)
            }
        }
        buffer.append(elements)
        buffer.append(0xff)
    }

    // MARK: Elements

    @inlinable
    func value(at position: Int) -> StringValue {
        unsafe PackedElement.value(at: base + position)
    }

    /// An element that is known to be an integer.
    @inlinable
    func integer(at position: Int) -> Int64 {
        // Flags and small differences, which most are, are the byte itself.
        let first = unsafe base.load(fromByteOffset: position, as: UInt8.self)
        if first < 0x80 { return Int64(first) }
        guard case .integer(let value) = value(at: position) else {
            preconditionFailure("a node was verified before")
        }
        return value
    }

    @inlinable
    func next(_ position: Int) -> Int {
        unsafe position &+ PackedElement.size(at: base + position)
    }

    @inlinable
    func previous(_ position: Int) -> Int {
        unsafe position &- PackedElement.size(before: base + position)
    }
}
