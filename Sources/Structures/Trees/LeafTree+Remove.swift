extension LeafTree {
    /// Takes a path's leaf out of the tree. The path has no meaning afterwards; the leaf is the
    /// caller's to retire.
    ///
    /// The path was unshared, at least above the leaf.
    public func remove(at path: inout LeafPath) {
        let removed = leafElementCount(at: path)
        noteCount(count - removed)
        leafCount -= 1
        guard path.height > 0 else {
            top = nil
            firstSeparator = 0
            return
        }
        var level = path.height - 1
        path.steps[level].node.remove(at: path.steps[level].index)
        while level > 0, path.steps[level].node.count == 0 {
            path.steps[level].node.node.free()
            level -= 1
            path.steps[level].node.remove(at: path.steps[level].index)
        }
        if path.steps[level].node.count == 0 {
            // The top was an inner node over a single leaf: not with two children at least.
            preconditionFailure("an inner node at the top had one child")
        }
        for upper in 0..<level {
            let step = path.steps[upper]
            unsafe step.node.counts[step.index] -= removed
        }
        noteFirstSeparator(from: level, of: path)
        balance(from: level, of: &path)
        lowerTop()
    }

    /// Joins the path's sparse nodes, from a level upwards, to a neighbour, or fills them from it.
    private func balance(from lowest: Int, of path: inout LeafPath) {
        for level in stride(from: lowest, to: 0, by: -1) {
            let node = path.steps[level].node
            let parent = path.steps[level - 1]
            guard node.count < InnerNode.countMin, parent.node.count > 1 else { continue }
            let leftIndex = parent.index == 0 ? 0 : parent.index - 1
            let left = ownChild(leftIndex, of: parent.node)
            let right = ownChild(leftIndex + 1, of: parent.node)
            joinOrShare(left, right, at: leftIndex, in: parent.node)
        }
        let top = path.steps[0].node
        if top.count <= top.capacity / 3, top.count > 4 {
            replaceInner(resized(top, for: top.count), at: 0, of: &path)
        }
    }

    /// An inner child that may change; a shared one is replaced.
    private func ownChild(_ index: Int, of parent: InnerNode) -> InnerNode {
        let child = parent.child(index)
        let own = root.unshared(child)
        if own != child { parent.setChild(index, to: own) }
        return InnerNode(own)
    }

    /// Makes one of two neighbours when their children fit into one node, else gives each its half.
    private func joinOrShare(
        _ left: InnerNode, _ right: InnerNode, at leftIndex: Int, in parent: InnerNode
    ) {
        let sum = left.count + right.count
        var target = left
        let wanted = sum <= InnerNode.capacityMax ? sum : sum / 2
        if target.capacity < wanted {
            target = resized(left, for: wanted)
            parent.setChild(leftIndex, to: target.node)
        }
        if sum <= InnerNode.capacityMax {
            right.moveChildren(from: 0, to: target)
            right.node.free()
            parent.remove(at: leftIndex + 1)
        } else {
            share(target, right, at: leftIndex, in: parent, leftCount: wanted)
        }
        unsafe parent.counts[leftIndex] = target.countBelow
        unsafe parent.separators[leftIndex] = unsafe target.separators[0]
    }

    private func share(
        _ left: InnerNode, _ right: InnerNode, at leftIndex: Int, in parent: InnerNode,
        leftCount: Int
    ) {
        var right = right
        let moved = leftCount - left.count
        if moved > 0 {
            right.moveFirstChildren(moved, to: left)
        } else {
            if right.capacity < right.count - moved {
                right = resized(right, for: right.count - moved)
                parent.setChild(leftIndex + 1, to: right.node)
            }
            left.moveLastChildren(from: leftCount, to: right)
        }
        unsafe parent.counts[leftIndex + 1] = right.countBelow
        unsafe parent.separators[leftIndex + 1] = unsafe right.separators[0]
    }

    /// Takes levels away whose only node has one child.
    private func lowerTop() {
        while height > 0, let top {
            let inner = InnerNode(top)
            guard inner.count == 1 else { return }
            self.top = inner.child(0)
            height -= 1
            inner.node.free()
        }
    }
}
