extension LeafTree {
    /// Puts the first leaf into an empty tree.
    ///
    /// - Parameter count: elements of the leaf.
    public func insertFirst(_ leaf: Node, count: Int, separator: UInt64 = 0) {
        precondition(isEmpty)
        top = leaf
        height = 0
        noteCount(count)
        leafCount = 1
        firstSeparator = separator
    }

    /// Makes the nodes of a path, its leaf included, ones that may change. Begins every change.
    @inlinable
    public func unshare(_ path: inout LeafPath) {
        guard root.isPinned else { return }
        unshareInner(&path)
        let leaf = root.unshared(path.leaf)
        if leaf != path.leaf { setLeaf(leaf, at: &path) }
    }

    /// The same without the leaf: for a caller that puts a new one in its place, or removes it.
    @inlinable
    public func unshareAbove(_ path: inout LeafPath) {
        guard root.isPinned else { return }
        unshareInner(&path)
    }

    @usableFromInline
    func unshareInner(_ path: inout LeafPath) {
        for level in 0..<path.height {
            let node = path.steps[level].node.node
            let own = root.unshared(node)
            if own != node { replaceInner(InnerNode(own), at: level, of: &path) }
        }
    }

    /// Puts an inner node into a path and into the tree where another one was.
    func replaceInner(_ node: InnerNode, at level: Int, of path: inout LeafPath) {
        path.steps[level].node = node
        if level == 0 {
            top = node.node
        } else {
            let parent = path.steps[level - 1]
            parent.node.setChild(parent.index, to: node.node)
        }
    }

    // What follows wants an unshared path.

    /// Puts a leaf where a path's leaf was: the same one grown, or another. Counts and separator
    /// stay.
    public func setLeaf(_ leaf: Node, at path: inout LeafPath) {
        path.end = leaf
        guard path.height > 0 else { return top = leaf }
        let step = path.steps[path.height - 1]
        step.node.setChild(step.index, to: leaf)
    }

    /// Gives a path's leaf another separator.
    public func setSeparator(_ separator: UInt64, at path: LeafPath) {
        for level in stride(from: path.height - 1, through: 0, by: -1) {
            let step = path.steps[level]
            unsafe step.node.separators[step.index] = separator
            guard step.index == 0 else { return }
        }
        firstSeparator = separator
    }

    /// Notes that a path's leaf has gained elements, or lost them.
    @inlinable
    public func addCount(_ change: Int, at path: LeafPath) {
        for level in 0..<path.height {
            let step = path.steps[level]
            unsafe step.node.counts[step.index] &+= change
        }
        noteCount(count &+ change)
    }

    /// Puts a leaf after a path's, and moves the path to it.
    public func insert(
        _ leaf: Node, count: Int, separator: UInt64 = 0, after path: inout LeafPath
    ) {
        insert(leaf, count: count, separator: separator, at: &path, offset: 1)
    }

    /// Puts a leaf before a path's, and moves the path to it.
    public func insert(
        _ leaf: Node, count: Int, separator: UInt64 = 0, before path: inout LeafPath
    ) {
        insert(leaf, count: count, separator: separator, at: &path, offset: 0)
    }

    private func insert(
        _ leaf: Node, count: Int, separator: UInt64, at path: inout LeafPath, offset: Int
    ) {
        if path.height == 0 { raise(&path) }
        let level = path.height - 1
        let index = path.steps[level].index + offset
        path.end = leaf
        path.steps[level].index = index
        insert(
            InnerNode.Child(node: leaf, count: count, separator: separator), at: index,
            level: level, of: &path)
        noteCount(self.count + count)
        leafCount += 1
    }

    /// Puts a level above the top.
    private func raise(_ path: inout LeafPath) {
        guard let top else { preconditionFailure("an empty tree is not raised") }
        let made = InnerNode.make(capacity: InnerNode.capacity(for: 2), epoch: root.epoch)
        made.insert(
            InnerNode.Child(node: top, count: count, separator: firstSeparator), at: 0)
        for level in stride(from: path.height, to: 0, by: -1) {
            path.steps[level] = path.steps[level - 1]
        }
        path.steps[0] = LeafPath.Step(node: made, index: 0)
        path.height += 1
        self.top = made.node
        height += 1
    }

    /// Inserts a child into the path's node on a level, and what follows from it above.
    ///
    /// The path's index on the level is already that of the child that it is to go through. The
    /// counts above the level do not include the new leaf yet; nor does the tree's.
    private func insert(
        _ child: InnerNode.Child, at index: Int, level: Int, of path: inout LeafPath
    ) {
        var child = child
        let added = child.count
        var index = index
        var level = level
        while !insertWithoutSplit(child, at: index, level: level, of: &path) {
            if level == 0 {
                raise(&path)
                level = 1
            }
            let right = split(inserting: child, at: index, level: level, of: &path)
            level -= 1
            index = path.steps[level].index + 1
            // The path goes on through the half that holds the child on its way.
            if path.steps[level + 1].node == right { path.steps[level].index = index }
            child = InnerNode.Child(
                node: right.node, count: right.countBelow, separator: unsafe right.separators[0])
        }
        for upper in 0..<level {
            let step = path.steps[upper]
            unsafe step.node.counts[step.index] += added
        }
        noteFirstSeparator(from: level, of: path)
    }

    private func insertWithoutSplit(
        _ child: InnerNode.Child, at index: Int, level: Int, of path: inout LeafPath
    ) -> Bool {
        var node = path.steps[level].node
        if node.count == node.capacity {
            guard node.capacity < InnerNode.capacityMax else { return false }
            node = resized(node, for: node.count + 1)
            replaceInner(node, at: level, of: &path)
        }
        node.insert(child, at: index)
        return true
    }

    /// Divides the path's node on a level, which is full and not the top, and inserts a child.
    ///
    /// At the tree's two edges the full node stays full, so that pushes leave full nodes behind.
    ///
    /// - Returns: the new node to the right, which is not in its parent yet. The parent's count and
    ///   separator of the node itself are put right.
    private func split(
        inserting child: InnerNode.Child, at index: Int, level: Int, of path: inout LeafPath
    ) -> InnerNode {
        let node = path.steps[level].node
        let right = InnerNode.make(capacity: InnerNode.capacityMax, epoch: root.epoch)
        let isLast = index == node.count && isAtEdge(path, above: level, last: true)
        let isFirst = index == 0 && isAtEdge(path, above: level, last: false)
        let kept = isLast ? node.count : isFirst ? 0 : node.count / 2
        node.moveChildren(from: kept, to: right)
        if index < kept || (index == kept && !isLast) {
            node.insert(child, at: index)
        } else {
            right.insert(child, at: index - kept)
        }
        let parent = path.steps[level - 1]
        unsafe parent.node.counts[parent.index] = node.countBelow
        unsafe parent.node.separators[parent.index] = unsafe node.separators[0]
        let through = path.steps[level].index
        if through >= node.count {
            path.steps[level] = LeafPath.Step(node: right, index: through - node.count)
        }
        return right
    }

    /// The same children in a node of a capacity that fits; the old one is retired.
    func resized(_ node: InnerNode, for count: Int) -> InnerNode {
        let made = InnerNode.make(capacity: InnerNode.capacity(for: count), epoch: root.epoch)
        node.moveFirstChildren(node.count, to: made)
        node.node.free()
        return made
    }

    /// Makes the separators above a level those of the first leaf below them.
    func noteFirstSeparator(from level: Int, of path: LeafPath) {
        for lower in stride(from: level, to: 0, by: -1) {
            let parent = path.steps[lower - 1]
            unsafe parent.node.separators[parent.index] = unsafe path.steps[lower].node
                .separators[0]
        }
        if path.height > 0 { unsafe firstSeparator = path.steps[0].node.separators[0] }
    }
}
