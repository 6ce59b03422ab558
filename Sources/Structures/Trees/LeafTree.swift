import CPlatform

/// An ordered tree with ranks over leaves that it does not look into: a B+tree whose inner nodes
/// know how many elements are below each child, and one separator of 64 bits for each.
///
/// Lists, sorted sets and streams keep their elements in leaves of their own form, one `Node` each.
/// The tree lives in the first bytes of a versioned root's own part, or in a node of the same value:
///
/// ```
/// offset 0   address of the top node, or 0; with height 0 it is the only leaf
///        8   count of elements
///       16   count of leaves, 32 bits
///       20   height: levels of inner nodes, 32 bits
///       24   separator of the first leaf
/// ```
///
/// Invariants: a child's count is the sum of those below it; a child's separator is that of its
/// first leaf; separators never fall from left to right (kinds without an order leave them 0); no
/// inner node is empty, and the top node, if it is an inner one, has two children or more.
///
/// A handle, copied freely. It may also be made over a frozen copy of a root, to be read. What
/// changes the tree first takes the nodes of the path out of the frozen copies (`unshare`); the
/// leaf belongs to the caller, who frees those that it replaces or removes with
/// `VersionedRoot.retire`.
@safe
@frozen
public struct LeafTree {
    public let root: VersionedRoot
    @usableFromInline let place: UnsafeMutableRawPointer

    /// Bytes of the root's own part that the tree takes.
    public static let contentSize = 32

    @inlinable
    public init(_ root: VersionedRoot) {
        self.root = root
        unsafe self.place = unsafe root.content
    }

    /// A tree whose `contentSize` bytes stand elsewhere: in a node of the root's value, which may
    /// change when the tree does.
    @inlinable
    public init(_ root: VersionedRoot, at place: UnsafeMutableRawPointer) {
        self.root = root
        unsafe self.place = unsafe place
    }

    // The root was made with `contentSize` bytes or more.

    @inlinable var top: Node? {
        get {
            unsafe place.load(as: UnsafeMutableRawPointer?.self)
                .map { unsafe Node(address: $0) }
        }
        nonmutating set {
            unsafe place.storeBytes(
                of: newValue?.address, as: UnsafeMutableRawPointer?.self)
        }
    }

    /// Elements in all leaves.
    @inlinable public var count: Int {
        unsafe place.load(fromByteOffset: 8, as: Int.self)
    }

    @inlinable
    func noteCount(_ count: Int) {
        unsafe place.storeBytes(of: count, toByteOffset: 8, as: Int.self)
    }

    public internal(set) var leafCount: Int {
        get { unsafe Int(place.load(fromByteOffset: 16, as: UInt32.self)) }
        nonmutating set {
            unsafe place.storeBytes(
                of: UInt32(newValue), toByteOffset: 16, as: UInt32.self)
        }
    }

    @inlinable var height: Int {
        get { unsafe Int(place.load(fromByteOffset: 20, as: UInt32.self)) }
        nonmutating set {
            precondition(newValue <= LeafPath.heightMax)
            unsafe place.storeBytes(
                of: UInt32(newValue), toByteOffset: 20, as: UInt32.self)
        }
    }

    /// What the first leaf was given.
    public internal(set) var firstSeparator: UInt64 {
        get { unsafe place.load(fromByteOffset: 24, as: UInt64.self) }
        nonmutating set {
            unsafe place.storeBytes(of: newValue, toByteOffset: 24, as: UInt64.self)
        }
    }

    @inlinable public var isEmpty: Bool { top == nil }

    /// Frees all nodes, leaves too, without looking at what they refer to. For
    /// `VersionedRoot.free` and `unpin`.
    public static func freeNodes(of root: VersionedRoot) { LeafTree(root).freeNodes() }

    /// Frees all nodes of this tree, leaves too, without looking at what they refer to.
    public func freeNodes() {
        guard let top else { return }
        Self.free(top, height: height)
    }

    /// Takes all nodes out of the live value; what a frozen copy uses stays for it. The tree's own
    /// bytes have no meaning afterwards.
    public func retireNodes() {
        guard let top else { return }
        retire(top, height: height)
    }

    private func retire(_ node: Node, height: Int) {
        if height > 0 {
            let inner = InnerNode(node)
            for index in 0..<inner.count { retire(inner.child(index), height: height - 1) }
        }
        root.retire(node)
    }

    private static func free(_ node: Node, height: Int) {
        if height > 0 {
            let inner = InnerNode(node)
            for index in 0..<inner.count { free(inner.child(index), height: height - 1) }
        }
        node.free()
    }
}
