import Structures

/// The pending entries of a group or of a consumer: records in the order of their IDs.
///
/// A tree of `PendingLeaf`s whose place lies in the node of the group or consumer. The separator of a
/// leaf is at most the milliseconds of its first ID, so that nothing is to be done when that one goes.
@safe
struct PendingTree {
    let tree: LeafTree
    let recordSize: Int

    /// - Parameter place: of the tree, in a node that may change if the tree is to.
    init(_ root: VersionedRoot, at place: UnsafeMutableRawPointer, recordSize: Int) {
        tree = unsafe LeafTree(root, at: place)
        self.recordSize = recordSize
    }

    var count: Int { tree.count }

    func path(to id: StreamID) -> LeafPath {
        tree.path(toSeparator: id.milliseconds) { PendingLeaf($0).firstID <= id }
    }

    /// The record of an ID, to be read.
    func find(_ id: StreamID) -> UnsafeMutableRawPointer? {
        guard !tree.isEmpty else { return nil }
        let leaf = PendingLeaf(path(to: id).leaf)
        let index = leaf.index(from: id)
        guard index < leaf.count, leaf.id(index) == id else { return nil }
        return unsafe leaf.record(index)
    }

    /// The record of an ID, to be changed.
    func findForChange(_ id: StreamID) -> UnsafeMutableRawPointer? {
        guard !tree.isEmpty else { return nil }
        var path = path(to: id)
        let index = PendingLeaf(path.leaf).index(from: id)
        guard index < PendingLeaf(path.leaf).count, PendingLeaf(path.leaf).id(index) == id else {
            return nil
        }
        tree.unshare(&path)
        return unsafe PendingLeaf(path.leaf).record(index)
    }

    /// The first and the last ID; the tree is not empty.
    var edges: (first: StreamID, last: StreamID) {
        let last = PendingLeaf(tree.lastPath.leaf)
        return (PendingLeaf(tree.firstPath.leaf).firstID, last.id(last.count - 1))
    }

    /// Inserts a record of an ID that is absent; all but the ID is zero bytes.
    @discardableResult
    func insert(_ id: StreamID) -> UnsafeMutableRawPointer {
        guard !tree.isEmpty else {
            var leaf = PendingLeaf.make(recordSize: recordSize, epoch: tree.root.epoch)
            leaf.insert(id, at: 0)
            tree.insertFirst(leaf.node, count: 1, separator: id.milliseconds)
            return unsafe leaf.record(0)
        }
        var path = path(to: id)
        tree.unshare(&path)
        var index = PendingLeaf(path.leaf).index(from: id)
        if PendingLeaf(path.leaf).isFull { divide(&path, at: &index) }
        var leaf = PendingLeaf(path.leaf)
        leaf.insert(id, at: index)
        if leaf.node != path.leaf { tree.setLeaf(leaf.node, at: &path) }
        tree.addCount(1, at: path)
        if index == 0 { tree.setSeparator(id.milliseconds, at: path) }
        return unsafe leaf.record(index)
    }

    /// Makes room for a record in a full leaf, and moves path and index to where it belongs.
    private func divide(_ path: inout LeafPath, at index: inout Int) {
        let leaf = PendingLeaf(path.leaf)
        // Leaves that records are appended to stay full.
        let kept = index == leaf.count ? index - 1 : leaf.count / 2
        let right = leaf.split(at: kept, epoch: tree.root.epoch)
        tree.addCount(-right.count, at: path)
        tree.insert(
            right.node, count: right.count, separator: right.firstID.milliseconds, after: &path)
        if index > kept {
            index -= kept
        } else {
            _ = tree.moveToPrevious(&path)
        }
    }

    /// Removes the record of an ID. Returns whether it was there.
    @discardableResult
    func remove(_ id: StreamID) -> Bool {
        guard !tree.isEmpty else { return false }
        var path = path(to: id)
        let index = PendingLeaf(path.leaf).index(from: id)
        let count = PendingLeaf(path.leaf).count
        guard index < count, PendingLeaf(path.leaf).id(index) == id else { return false }
        if count == 1 {
            tree.unshareAbove(&path)
            let node = path.leaf
            tree.remove(at: &path)
            tree.root.retire(node)
        } else {
            tree.unshare(&path)
            var leaf = PendingLeaf(path.leaf)
            leaf.remove(at: index)
            leaf.shrink()
            if leaf.node != path.leaf { tree.setLeaf(leaf.node, at: &path) }
            tree.addCount(-1, at: path)
            if leaf.isSparse { joinToNext(path) }
        }
        return true
    }

    /// Joins the leaf of a path to the next one, if both have room in one.
    private func joinToNext(_ path: LeafPath) {
        var path = path
        let left = PendingLeaf(path.leaf)
        let separator = tree.separator(at: path)
        guard tree.moveToNext(&path) else { return }
        let right = path.leaf
        guard
            let joined = PendingLeaf.joined(
                left, PendingLeaf(right), epoch: tree.root.epoch)
        else { return }
        tree.unshareAbove(&path)
        tree.setLeaf(joined.node, at: &path)
        tree.root.retire(right)
        tree.addCount(left.count, at: path)
        tree.setSeparator(separator, at: path)
        // The left one goes last: its records are in the tree twice for a moment.
        guard tree.moveToPrevious(&path) else { preconditionFailure("it was passed before") }
        tree.unshareAbove(&path)
        tree.remove(at: &path)
        tree.root.retire(left.node)
    }

    func checkInvariants() {
        guard !tree.isEmpty else { return }
        var sum = 0
        var last: StreamID?
        var path = tree.firstPath
        repeat {
            let leaf = PendingLeaf(path.leaf)
            precondition(leaf.count > 0)
            for index in 0..<leaf.count {
                if let last { precondition(last < leaf.id(index)) }
                last = leaf.id(index)
            }
            sum += leaf.count
        } while tree.moveToNext(&path)
        precondition(sum == count)
    }
}

/// Walks over the records of a `PendingTree` from an ID on. Valid until the tree changes.
@safe
struct PendingCursor {
    private let tree: LeafTree
    private var path: LeafPath
    private var index = 0
    private var isAtEnd: Bool

    init(_ pending: PendingTree, from id: StreamID) {
        tree = pending.tree
        isAtEnd = tree.isEmpty
        path =
            isAtEnd ? LeafPath(root: tree.root.node, height: 0) : pending.path(to: id)
        if !isAtEnd { index = PendingLeaf(path.leaf).index(from: id) }
    }

    mutating func next() -> UnsafeMutableRawPointer? {
        while !isAtEnd {
            let leaf = PendingLeaf(path.leaf)
            if index < leaf.count {
                defer { index += 1 }
                return unsafe leaf.record(index)
            }
            index = 0
            isAtEnd = !tree.moveToNext(&path)
        }
        return nil
    }
}
