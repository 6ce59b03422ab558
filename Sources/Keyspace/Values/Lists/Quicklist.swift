import Bytes
import Structures

/// A list of many nodes: a `LeafTree` whose leaves are `ListNode`s.
///
/// ```
/// offset 0   the tree
///       32   fill: `list-max-listpack-size` when the list was made, 32 bits with sign
///       36   depth: nodes at either end that stay uncompressed, 0 for all; 32 bits
///       40   count of compressed nodes, 32 bits
/// ```
///
/// Where a node ends and the next begins follows Redis, but for an element that would no longer fit
/// the allocation. The first and the last `depth` nodes are never compressed.
///
/// A handle, copied freely; over a frozen root to be read only.
@safe
public struct Quicklist {
    let tree: LeafTree

    private static let contentSize = LeafTree.contentSize + 16
    private static let fillMax = 32767

    @usableFromInline init(_ root: VersionedRoot) { tree = LeafTree(root) }

    var root: VersionedRoot { tree.root }

    /// An empty list.
    static func make(fill: Int, compressDepth: Int) -> Quicklist {
        let made = Quicklist(VersionedRoot.make(size: contentSize))
        unsafe made.root.content.storeBytes(
            of: Int32(min(fill, fillMax)), toByteOffset: 32, as: Int32.self)
        unsafe made.root.content.storeBytes(
            of: UInt32(clamping: compressDepth), toByteOffset: 36, as: UInt32.self)
        return made
    }

    var limits: ListLimits {
        ListLimits(
            fill: unsafe Int(root.content.load(fromByteOffset: 32, as: Int32.self)))
    }

    var compressDepth: Int {
        unsafe Int(root.content.load(fromByteOffset: 36, as: UInt32.self))
    }

    var compressedCount: Int {
        get { unsafe Int(root.content.load(fromByteOffset: 40, as: UInt32.self)) }
        nonmutating set {
            unsafe root.content.storeBytes(
                of: UInt32(newValue), toByteOffset: 40, as: UInt32.self)
        }
    }

    /// Elements.
    public var count: Int { tree.count }
    public var nodeCount: Int { tree.leafCount }

    func free() { root.free(freeNodes: LeafTree.freeNodes) }

    // MARK: Changing one node

    func node(at path: LeafPath) -> ListNode { ListNode(path.leaf) }

    /// The node at a path as a run that may change. `put` gives it back.
    func take(_ path: inout LeafPath) -> PackedRun {
        let node = ListNode(path.leaf)
        if node.isCompressed {
            decompress(&path)
        } else {
            tree.unshare(&path)
        }
        return PackedRun(node: path.leaf)
    }

    /// Gives back what was taken, with so many elements more or fewer.
    func put(_ run: PackedRun, at path: inout LeafPath, adding added: Int) {
        if run.node != path.leaf { tree.setLeaf(run.node, at: &path) }
        if added != 0 { tree.addCount(added, at: path) }
    }

    /// Puts a node into the place of another, which goes.
    func replace(_ path: inout LeafPath, by node: ListNode) {
        tree.unshareAbove(&path)
        let old = ListNode(path.leaf)
        noteCompressed(node.isCompressed, instead: old.isCompressed)
        tree.setLeaf(node.node, at: &path)
        root.retire(old.node)
    }

    /// Takes a whole node out. The path has no meaning afterwards.
    func remove(_ path: inout LeafPath) {
        tree.unshareAbove(&path)
        let old = ListNode(path.leaf)
        noteCompressed(false, instead: old.isCompressed)
        tree.remove(at: &path)
        root.retire(old.node)
    }

    /// Puts a new node next to a path's, or into an empty list, and moves the path to it.
    func insert(_ node: ListNode, after: Bool, _ path: inout LeafPath) {
        tree.unshareAbove(&path)
        if after {
            tree.insert(node.node, count: node.count, after: &path)
        } else {
            tree.insert(node.node, count: node.count, before: &path)
        }
    }

    /// A node of one element, plain if it is large.
    func makeNode(_ value: StringValue) -> ListNode {
        if case .bytes(let bytes) = value, limits.isLarge(bytes.count) {
            return ListNode.makePlain(bytes, epoch: root.epoch)
        }
        return ListNode.makePacked(value, epoch: root.epoch)
    }

    private func noteCompressed(_ isCompressed: Bool, instead was: Bool) {
        if isCompressed != was { compressedCount += isCompressed ? 1 : -1 }
    }

    private func decompress(_ path: inout LeafPath) {
        var scratch = ByteBuffer()
        replace(&path, by: node(at: path).decompressed(epoch: root.epoch, using: &scratch))
    }
}

// MARK: - Compression

extension Quicklist {
    /// Sees to it that the ends are uncompressed, and compresses a node that stands between, after
    /// nodes came or went or one of them changed.
    ///
    /// - Parameter rank: of an element of a node that changed.
    func settle(around rank: Int? = nil) {
        let depth = compressDepth
        guard depth > 0, !tree.isEmpty else { return }
        settleEnd(depth, first: true)
        settleEnd(depth, first: false)
        guard let rank, nodeCount > 2 * depth, count > 0 else { return }
        var path = tree.path(toRank: min(rank, count - 1)).path
        if isInside(path, depth) { compress(&path) }
    }

    /// Decompresses the outer nodes of an end and compresses the first one behind them.
    private func settleEnd(_ depth: Int, first: Bool) {
        var path = first ? tree.firstPath : tree.lastPath
        let outer = min(depth, nodeCount)
        for place in 0..<outer {
            if node(at: path).isCompressed { decompress(&path) }
            guard place < outer - 1 || nodeCount > 2 * depth else { return }
            guard first ? tree.moveToNext(&path) : tree.moveToPrevious(&path) else { return }
        }
        if nodeCount > 2 * depth { compress(&path) }
    }

    /// Whether a path's node has `depth` nodes on either side.
    private func isInside(_ path: LeafPath, _ depth: Int) -> Bool {
        for first in [true, false] {
            var walker = path
            for _ in 0..<depth {
                guard first ? tree.moveToPrevious(&walker) : tree.moveToNext(&walker) else {
                    return false
                }
            }
        }
        return true
    }

    private func compress(_ path: inout LeafPath) {
        var scratch = ByteBuffer()
        guard let made = node(at: path).compressed(epoch: root.epoch, using: &scratch) else {
            return
        }
        replace(&path, by: made)
    }
}

// MARK: - Facts

extension Quicklist {
    /// Visits the nodes from the first to the last until the visitor returns false.
    public func forEachNode(_ visit: (ListNode) -> Bool) {
        guard !tree.isEmpty else { return }
        var path = tree.firstPath
        repeat {
            guard visit(node(at: path)) else { return }
        } while tree.moveToNext(&path)
    }

    /// Bytes that the allocator spends on it.
    var memoryUsage: Int {
        var sum = root.node.memoryUsage + tree.innerMemoryUsage
        forEachNode {
            sum += $0.node.memoryUsage
            return true
        }
        return sum
    }

    /// The same list in memory of its own.
    func copied() -> Quicklist {
        let copy = Quicklist.make(fill: limits.fill, compressDepth: compressDepth)
        forEachNode { node in
            let own = ListNode(
                node.isPacked ? node.run.copied(epoch: 1).node : node.node.copied(epoch: 1))
            copy.append(own)
            return true
        }
        return copy
    }

    /// Puts a node behind the last.
    func append(_ node: ListNode) {
        node.node.epoch = root.epoch
        if node.isCompressed { compressedCount += 1 }
        guard !tree.isEmpty else { return tree.insertFirst(node.node, count: node.count) }
        var path = tree.lastPath
        insert(node, after: true, &path)
    }

    /// Whether copying it at once would take long.
    var isLarge: Bool {
        let (nodesMax, sizeMax) = (4, 64 << 10)
        guard nodeCount <= nodesMax else { return true }
        var size = 0
        forEachNode {
            size += $0.contentSize
            return true
        }
        return size > sizeMax
    }

    /// Traps when the list contradicts itself.
    func checkInvariants() {
        var scratch = ByteBuffer()
        var compressed = 0
        tree.checkInvariants { leaf, count, _ in
            let node = ListNode(leaf)
            precondition(node.count == count)
            precondition(count > 0)
            if node.isPacked { node.run.checkInvariants() }
            if node.isCompressed { compressed += 1 }
            precondition(node.elements(using: &scratch).count + (node.isPlain ? 0 : 7) == node.size)
        }
        precondition(compressed == compressedCount)
        var place = 0
        forEachNode {
            let fromEnd = min(place, nodeCount - 1 - place)
            if $0.isCompressed { precondition(fromEnd >= compressDepth) }
            place += 1
            return true
        }
    }
}
