import Bytes
import Structures

/// An end of a list.
public enum ListEnd: Sendable {
    case left, right
}

extension Quicklist {
    /// Adds an element at an end.
    func push(_ value: StringValue, at end: ListEnd) {
        guard !tree.isEmpty else {
            tree.insertFirst(makeNode(value).node, count: 1)
            return
        }
        var path = end == .left ? tree.firstPath : tree.lastPath
        guard node(at: path).allowsInsertion(of: value, limits) else {
            // What is full grows no more.
            fit(&path)
            insert(makeNode(value), after: end == .right, &path)
            return settle()
        }
        var run = take(&path)
        if end == .left { run.prepend(value) } else { run.append(value) }
        put(run, at: &path, adding: 1)
    }

    /// Gives back the spare room of a packed node.
    private func fit(_ path: inout LeafPath) {
        let node = node(at: path)
        guard node.isPacked, !root.isShared(node.node) else { return }
        var run = node.run
        run.fit()
        guard run.node != node.node else { return }
        tree.unshareAbove(&path)
        tree.setLeaf(run.node, at: &path)
    }

    /// Removes elements from an index on.
    ///
    /// - Parameter removed: how many; there are so many.
    func remove(from index: Int, count removed: Int) {
        var rest = removed
        while rest > 0 {
            var (path, offset) = tree.path(toRank: index)
            let inNode = node(at: path).count
            let part = min(rest, inNode - offset)
            if part == inNode {
                remove(&path)
            } else {
                var run = take(&path)
                run.remove(at: run.position(of: offset), count: part)
                put(run, at: &path, adding: -part)
            }
            rest -= part
        }
        settle(around: max(0, index - 1))
        if index < count { settle(around: index) }
    }

    /// Removes the first or the last element.
    func removeEnd(_ end: ListEnd) {
        var path = end == .left ? tree.firstPath : tree.lastPath
        if node(at: path).count == 1 {
            remove(&path)
            return settle()
        }
        var run = take(&path)
        if end == .left { run.removeFirst() } else { run.removeLast() }
        put(run, at: &path, adding: -1)
    }

    /// Puts another element in the place of the one at an index.
    func replace(at index: Int, with value: StringValue) {
        var (path, offset) = tree.path(toRank: index)
        let isLarge = limits.isLarge(value.count)
        switch (node(at: path).isPlain, isLarge) {
        case (true, true): replace(&path, by: makeNode(value))
        case (true, false):
            insert(value, beside: &path, offset: 0, after: true)
            remove(from: index, count: 1)
        case (false, false):
            var run = take(&path)
            run.replace(at: run.position(of: offset), with: value)
            put(run, at: &path, adding: 0)
        case (false, true):
            let wasAlone = node(at: path).count == 1
            if offset < node(at: path).count - 1 {
                split(&path, at: offset + 1)
            }
            path = tree.path(toRank: index).path
            insert(makeNode(value), after: true, &path)
            removeLastOfNode(at: index)
            if !wasAlone { merge(around: index) }
        }
        settle(around: index)
    }

    /// Removes the element at an index, which is the last of its node.
    private func removeLastOfNode(at index: Int) {
        var path = tree.path(toRank: index).path
        if node(at: path).count == 1 { return remove(&path) }
        var run = take(&path)
        run.removeLast()
        put(run, at: &path, adding: -1)
    }

    // MARK: Inserting between

    /// Inserts an element before or after the one at an index.
    func insert(_ value: StringValue, at index: Int, after: Bool) {
        var (path, offset) = tree.path(toRank: index)
        insert(value, beside: &path, offset: offset, after: after)
        settle(around: index)
        settle(around: index + 1)
    }

    private func insert(
        _ value: StringValue, beside path: inout LeafPath, offset: Int, after: Bool
    ) {
        let node = node(at: path)
        let isAtEdge = offset == (after ? node.count - 1 : 0)
        if node.allowsInsertion(of: value, limits) {
            var run = take(&path)
            let position = run.position(of: after ? offset + 1 : offset)
            run.insert(value, at: position)
            return put(run, at: &path, adding: 1)
        }
        if isAtEdge {
            var neighbour = path
            let isThere =
                after ? tree.moveToNext(&neighbour) : tree.moveToPrevious(&neighbour)
            guard isThere, ListNode(neighbour.leaf).allowsInsertion(of: value, limits) else {
                return insert(makeNode(value), after: after, &path)
            }
            var run = take(&neighbour)
            if after { run.prepend(value) } else { run.append(value) }
            return put(run, at: &neighbour, adding: 1)
        }
        insertBySplitting(value, &path, offset: offset, after: after)
    }

    private func insertBySplitting(
        _ value: StringValue, _ path: inout LeafPath, offset: Int, after: Bool
    ) {
        let start = tree.rank(of: path)
        let cut = after ? offset + 1 : offset
        split(&path, at: cut)
        // The element joins the part that the split made, the other one is the node as it was.
        path = tree.path(toRank: start + cut - 1).path
        if limits.isLarge(value.count) { return insert(makeNode(value), after: true, &path) }
        if after { _ = tree.moveToNext(&path) }
        var run = take(&path)
        if after { run.prepend(value) } else { run.append(value) }
        put(run, at: &path, adding: 1)
        merge(around: after ? start : start + cut + 1)
    }

    /// Moves the elements of a packed node from an offset on to a node behind it.
    private func split(_ path: inout LeafPath, at offset: Int) {
        var run = take(&path)
        let behind = run.count - offset
        let right = run.split(at: run.position(of: offset), countBehind: behind)
        put(run, at: &path, adding: -behind)
        right.node.epoch = root.epoch
        insert(ListNode(right.node), after: true, &path)
    }

    // MARK: Joining

    /// Joins small nodes on both sides of one, in Redis's order: the two before it, the two behind
    /// it, the one before with it, and what came of that with the one behind.
    ///
    /// - Parameter rank: of an element of the node.
    private func merge(around rank: Int) {
        var path = tree.path(toRank: rank).path
        var start = tree.rank(of: path)
        let behind = start + node(at: path).count
        if tree.moveToPrevious(&path), tree.moveToPrevious(&path) {
            mergeWithNext(tree.rank(of: path))
        }
        if behind < count { mergeWithNext(behind) }
        if start > 0 {
            let before = tree.rank(of: tree.path(toRank: start - 1).path)
            if mergeWithNext(before) { start = before }
        }
        mergeWithNext(start)
    }

    /// Joins the node that holds an element to the next one, if the limits allow it.
    @discardableResult
    private func mergeWithNext(_ rank: Int) -> Bool {
        var path = tree.path(toRank: rank).path
        var nextPath = path
        guard tree.moveToNext(&nextPath) else { return false }
        let next = ListNode(nextPath.leaf)
        guard node(at: path).allowsMerge(with: next, limits) else { return false }
        var run = take(&path)
        var scratch = ByteBuffer()
        run.append(elements: next.elements(using: &scratch), count: next.count)
        put(run, at: &path, adding: next.count)
        // The change may have moved nodes of the way to the next one.
        nextPath = path
        _ = tree.moveToNext(&nextPath)
        remove(&nextPath)
        return true
    }
}
