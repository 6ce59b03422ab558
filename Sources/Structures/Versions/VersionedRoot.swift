import CPlatform

/// The root of a value of many nodes, of which a snapshot can keep a version while it changes.
///
/// ```
/// offset 0   header of a `Node`: epoch and size
///        8   pins: how many frozen copies there are, 32 bits
///       12   flags, 32 bits: the owner has freed it
///       16   graveyard: the address of a list of nodes that only frozen copies still use, or 0
///       24   origin: of a frozen copy, the root that it was made of; else 0
///       32   what the kind of value keeps
/// ```
///
/// `pin` makes a frozen copy of the root alone and raises the root's epoch. From then on, each node
/// with an older epoch is *shared*: it stays as it is, whoever wants to change it changes a copy, and
/// what would be freed goes to the graveyard (`retire`). So a frozen copy leads to the value as it
/// was when it was pinned, and another thread may read it. Pinning, changing and giving back are the
/// data thread's.
@safe
@frozen
public struct VersionedRoot: Equatable {
    public let address: UnsafeMutableRawPointer

    /// Bytes before what the kind of value keeps.
    public static let headerSize = 32
    private static let orphanFlag: UInt32 = 1

    @inlinable
    public init(address: UnsafeMutableRawPointer) { unsafe self.address = address }

    @inlinable
    public static func == (left: VersionedRoot, right: VersionedRoot) -> Bool {
        unsafe left.address == right.address
    }

    /// A root whose own part is zero bytes.
    ///
    /// - Parameter size: bytes of the kind's own part.
    public static func make(size: Int) -> VersionedRoot {
        let node = Node.make(size: headerSize + size, epoch: 1)
        unsafe memset(node.address + Node.headerSize, 0, node.size - Node.headerSize)
        return unsafe VersionedRoot(address: node.address)
    }

    @inlinable public var node: Node { unsafe Node(address: address) }

    /// Where the kind's own part begins.
    @inlinable public var content: UnsafeMutableRawPointer { unsafe address + Self.headerSize }

    /// What a node that is made now is to carry.
    @inlinable public var epoch: UInt32 { node.epoch }

    @inlinable var pins: UInt32 {
        get { unsafe address.load(fromByteOffset: 8, as: UInt32.self) }
        nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: 8, as: UInt32.self)
        }
    }

    @inlinable public var isPinned: Bool { pins != 0 }

    /// Whether a frozen copy leads to the node, so that it must not change.
    @inlinable
    public func isShared(_ node: Node) -> Bool { pins != 0 && node.epoch < epoch }

    /// Takes a node out of the live value: frees it, or leaves it to the frozen copies.
    @inlinable
    public func retire(_ node: Node) {
        if isShared(node) { bury(node) } else { node.free() }
    }

    /// A node with the same contents that may change, and retires the shared one. The caller puts it
    /// in its place. A node that is not shared is returned as it is.
    @inlinable
    public func unshared(_ node: Node) -> Node {
        guard isShared(node) else { return node }
        let copy = node.copied(epoch: epoch)
        bury(node)
        return copy
    }
}

// MARK: - Pins

extension VersionedRoot {
    private typealias Graveyard = UnsafeMutablePointer<[Node]>

    private var graveyard: Graveyard? {
        get { unsafe address.load(fromByteOffset: 16, as: Graveyard?.self) }
        nonmutating set {
            unsafe address.storeBytes(of: newValue, toByteOffset: 16, as: Graveyard?.self)
        }
    }

    private var isOrphan: Bool {
        get { unsafe address.load(fromByteOffset: 12, as: UInt32.self) & Self.orphanFlag != 0 }
        nonmutating set {
            unsafe address.storeBytes(
                of: newValue ? Self.orphanFlag : 0, toByteOffset: 12, as: UInt32.self)
        }
    }

    private var origin: UnsafeMutableRawPointer? {
        get { unsafe address.load(fromByteOffset: 24, as: UnsafeMutableRawPointer?.self) }
        nonmutating set {
            unsafe address.storeBytes(
                of: newValue, toByteOffset: 24, as: UnsafeMutableRawPointer?.self)
        }
    }

    @usableFromInline
    func bury(_ node: Node) {
        if let graveyard = unsafe graveyard { return unsafe graveyard.pointee.append(node) }
        let made = Graveyard.allocate(capacity: 1)
        unsafe made.initialize(to: [node])
        unsafe graveyard = unsafe made
    }

    private func freeGraveyard() {
        guard let graveyard = unsafe graveyard else { return }
        for node in unsafe graveyard.pointee { node.free() }
        unsafe graveyard.deinitialize(count: 1)
        unsafe graveyard.deallocate()
        unsafe self.graveyard = nil
    }

    /// Makes a frozen copy: the value as it is now, for any thread to read until `unpin`.
    public func pin() -> VersionedRoot {
        precondition(unsafe origin == nil, "a frozen copy is not pinned")
        let copy = unsafe VersionedRoot(address: node.copied(epoch: epoch).address)
        copy.pins = 0
        unsafe copy.graveyard = nil
        unsafe copy.origin = unsafe address
        pins += 1
        precondition(epoch < .max, "a snapshot each second takes a century")
        node.epoch += 1
        return copy
    }

    /// Gives a frozen copy back.
    ///
    /// - Parameter freeNodes: frees what a live root leads to, but not the root.
    public func unpin(freeNodes: (VersionedRoot) -> Void) {
        guard let origin = unsafe origin else {
            preconditionFailure("only a frozen copy is unpinned")
        }
        let live = unsafe VersionedRoot(address: origin)
        node.free()
        live.pins -= 1
        guard live.pins == 0 else { return }
        live.freeGraveyard()
        guard live.isOrphan else { return }
        freeNodes(live)
        live.node.free()
    }

    /// Frees the value, or leaves it to the frozen copies.
    ///
    /// - Parameter freeNodes: frees what the root leads to, but not the root.
    public func free(freeNodes: (VersionedRoot) -> Void) {
        if isPinned {
            isOrphan = true
        } else {
            freeNodes(self)
            node.free()
        }
    }

    /// Nodes that only frozen copies use.
    public var buriedCount: Int { unsafe graveyard.map { unsafe $0.pointee.count } ?? 0 }
}
