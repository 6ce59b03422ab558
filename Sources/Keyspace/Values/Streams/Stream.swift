import Bytes
import Structures

/// The value of a stream, live or frozen.
///
/// ```
/// offset of the root's own part
///        0   tree of nodes (`LeafTree`): leaves are `StreamNode`s, their separator is the
///            milliseconds of the master ID; the tree counts live entries
///       32   last ID: milliseconds and sequence, 64 bits each
///       48   first ID, of the first live entry, or 0-0
///       64   greatest ID that was ever deleted, or 0-0
///       80   number of entries ever added, 64 bits
///       88   address of the consumer groups (`NamedNodes`), or 0
/// ```
///
/// Groups, consumers and pending entries are nodes like all others: whoever changes one changes a
/// copy of what a frozen version leads to. So a version with a million pending entries is pinned in
/// no time, and costs a copy of those leaves alone that change meanwhile.
///
/// A handle, copied freely.
@safe
@frozen
public struct Stream: Equatable {
    public let root: VersionedRoot

    static let groupsOffset = LeafTree.contentSize + 56
    private static let contentSize = groupsOffset + 8

    @inlinable
    public init(_ root: VersionedRoot) { self.root = root }

    /// - Parameter value: of type stream.
    @inlinable
    public init(_ value: StoredValue) {
        precondition(value.type == .stream)
        self.root = value.root
    }

    /// An empty stream aside from any database.
    public static func make() -> Stream { Stream(VersionedRoot.make(size: contentSize)) }

    public var value: StoredValue { StoredValue(root, .stream, .stream) }

    @inlinable var nodes: LeafTree { LeafTree(root) }

    @inlinable
    func id(at offset: Int) -> StreamID {
        unsafe StreamID(
            milliseconds: root.content.load(fromByteOffset: offset, as: UInt64.self),
            sequence: root.content.load(fromByteOffset: offset &+ 8, as: UInt64.self))
    }

    @inlinable
    func setID(at offset: Int, to id: StreamID) {
        unsafe root.content.storeBytes(
            of: id.milliseconds, toByteOffset: offset, as: UInt64.self)
        unsafe root.content.storeBytes(
            of: id.sequence, toByteOffset: offset &+ 8, as: UInt64.self)
    }

    /// Number of live entries.
    @inlinable public var length: Int { nodes.count }

    public var nodeCount: Int { nodes.leafCount }

    /// The greatest ID that the stream has given or been told of.
    @inlinable public var lastID: StreamID {
        get { id(at: 32) }
        nonmutating set { setID(at: 32, to: newValue) }
    }

    /// The ID of the first live entry, or 0-0.
    @inlinable public var firstID: StreamID {
        get { id(at: 48) }
        nonmutating set { setID(at: 48, to: newValue) }
    }

    @inlinable public var maxDeletedID: StreamID {
        get { id(at: 64) }
        nonmutating set { setID(at: 64, to: newValue) }
    }

    @inlinable public var entriesAdded: UInt64 {
        get { unsafe root.content.load(fromByteOffset: 80, as: UInt64.self) }
        nonmutating set {
            unsafe root.content.storeBytes(of: newValue, toByteOffset: 80, as: UInt64.self)
        }
    }
}

/// How large a node may become.
public struct StreamNodeLimits {
    /// As a listpack; 0: only the limit of listpacks.
    public let sizeMax: Int
    /// Live and deleted ones; 0: any number.
    public let entriesMax: Int

    public init(sizeMax: Int, entriesMax: Int) {
        self.sizeMax = sizeMax
        self.entriesMax = entriesMax
    }

    func isFull(_ node: StreamNode, adding size: Int) -> Bool {
        let most = sizeMax == 0 ? StreamNode.sizeMax : min(sizeMax, StreamNode.sizeMax)
        if node.listpackSize + size >= most { return true }
        return entriesMax > 0 && node.liveCount + node.deletedCount >= entriesMax
    }
}
