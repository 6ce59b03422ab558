import Bytes
import CPlatform
import Structures

/// A node of a quicklist: a leaf of its tree.
///
/// The kind stands in the mark that a `PackedRun` leaves to its owner; the fields before it have the
/// run's meaning, or one that is alike:
///
/// ```
/// offset 0   header of a `Node`
///        8   number of elements, 32 bits; of a plain node 1
///       12   packed: where the elements begin; compressed: bytes before compression, 32 bits
///       16   bytes of the content, 32 bits
///       20   kind: 0 packed, 1 plain; 2 and 3 the same, compressed by LZF; 32 bits
///       24   packed: room, elements, room; plain: the bytes of the one element;
///            compressed: what LZF made of the elements, or of the bytes
/// ```
@safe
public struct ListNode: Equatable {
    public let node: Node

    public enum Kind: UInt32 {
        case packed, plain, compressed, compressedPlain
    }

    static let headerSize = 24
    /// What compression has to save, and the size from which on it is tried; Redis's numbers.
    private static let compressionGainMin = 8
    private static let compressionSizeMin = 48

    init(_ node: Node) { self.node = node }

    // MARK: What it says of itself

    public var kind: Kind {
        let mark = unsafe node.address.load(fromByteOffset: 20, as: UInt32.self)
        return unsafe Kind(rawValue: mark).unsafelyUnwrapped
    }

    public var count: Int { unsafe Int(node.address.load(fromByteOffset: 8, as: UInt32.self)) }

    var isPacked: Bool { kind == .packed }
    public var isPlain: Bool { kind == .plain || kind == .compressedPlain }
    public var isCompressed: Bool { kind == .compressed || kind == .compressedPlain }

    /// Bytes behind the header that are in use.
    var contentSize: Int { unsafe Int(node.address.load(fromByteOffset: 16, as: UInt32.self)) }

    private var sizeBeforeCompression: Int {
        unsafe Int(node.address.load(fromByteOffset: 12, as: UInt32.self))
    }

    /// Bytes of the elements without head and end of a listpack, or of the one plain element.
    private var elementsSize: Int { isCompressed ? sizeBeforeCompression : contentSize }

    /// Bytes as Redis counts them: a listpack with head and end, or an element.
    public var size: Int { isPlain ? elementsSize : elementsSize + 7 }

    /// The elements; only of a packed node.
    public var run: PackedRun {
        precondition(isPacked)
        return PackedRun(node: node)
    }

    /// What stands behind the header of a node that is not packed.
    var content: ByteSlice {
        unsafe ByteSlice(start: node.address + Self.headerSize, count: contentSize)
    }

    /// The elements in their coding, or the bytes of the plain element, lent until the node or the
    /// scratch changes.
    ///
    /// - Parameter scratch: takes what is decompressed; its contents are dropped.
    public func elements(using scratch: inout ByteBuffer) -> ByteSlice {
        switch kind {
        case .packed: return PackedRun(node: node).elements
        case .plain: return content
        case .compressed, .compressedPlain:
            scratch.removeAll()
            let isWhole = LZF.append(
                decompressing: content, size: sizeBeforeCompression, to: &scratch)
            precondition(isWhole, "what was compressed here is decompressed here")
            return scratch.bytes
        }
    }

    // MARK: Making

    private static func make(
        _ kind: Kind, count: Int, before: Int, content: ByteSlice, epoch: UInt32
    ) -> ListNode {
        let made = Node.make(size: headerSize + content.count, epoch: epoch)
        unsafe made.address.storeBytes(of: UInt32(count), toByteOffset: 8, as: UInt32.self)
        unsafe made.address.storeBytes(of: UInt32(before), toByteOffset: 12, as: UInt32.self)
        unsafe made.address.storeBytes(
            of: UInt32(content.count), toByteOffset: 16, as: UInt32.self)
        unsafe made.address.storeBytes(of: kind.rawValue, toByteOffset: 20, as: UInt32.self)
        unsafe ls_copy(made.address + headerSize, content.start, content.count)
        return ListNode(made)
    }

    /// A node for one element alone.
    static func makePlain(_ bytes: ByteSlice, epoch: UInt32) -> ListNode {
        make(.plain, count: 1, before: 0, content: bytes, epoch: epoch)
    }

    /// A packed node of one element.
    static func makePacked(_ value: StringValue, epoch: UInt32) -> ListNode {
        var run = PackedRun.make(size: PackedElement.size(value), epoch: epoch)
        run.append(value)
        return ListNode(run.node)
    }

    /// The same elements compressed, or nothing when that saves too little.
    func compressed(epoch: UInt32, using scratch: inout ByteBuffer) -> ListNode? {
        guard !isCompressed, size >= Self.compressionSizeMin else { return nil }
        let elements = isPacked ? PackedRun(node: node).elements : content
        scratch.removeAll()
        let limit = elements.count - Self.compressionGainMin - 1
        guard LZF.append(compressing: elements, limit: limit, to: &scratch) > 0 else { return nil }
        return Self.make(
            isPlain ? .compressedPlain : .compressed, count: count, before: elements.count,
            content: scratch.bytes, epoch: epoch)
    }

    /// The same elements not compressed.
    func decompressed(epoch: UInt32, using scratch: inout ByteBuffer) -> ListNode {
        precondition(isCompressed)
        let elements = elements(using: &scratch)
        if isPlain { return Self.makePlain(elements, epoch: epoch) }
        return ListNode(PackedRun.make(elements: elements, count: count, epoch: epoch).node)
    }

    // MARK: Limits

    /// Whether an element may join: by Redis's estimate of its size, and if the node then still fits
    /// the allocation that the limit is. What Redis keeps in an allocation of its own stands in the
    /// header here, so that a node may end an element earlier; a quarter of the memory would be lost.
    func allowsInsertion(of value: StringValue, _ limits: ListLimits) -> Bool {
        guard !isPlain, !limits.isLarge(value.count) else { return false }
        // What the coding adds to the bytes of an element.
        let overhead = 8
        return limits.allows(size: size + value.count + overhead, count: count + 1)
            && Self.headerSize + elementsSize + PackedElement.size(value) <= limits.sizeMax
    }

    /// Whether this and the next node may become one.
    func allowsMerge(with next: ListNode, _ limits: ListLimits) -> Bool {
        guard !isPlain, !next.isPlain else { return false }
        return limits.allows(size: size + next.size - 7, count: count + next.count)
            && Self.headerSize + elementsSize + next.elementsSize <= limits.sizeMax
    }
}
