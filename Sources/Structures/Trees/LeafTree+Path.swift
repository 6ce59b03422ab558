extension LeafTree {
    /// Whether a path goes through the first, or the last, child on all of its levels above one.
    func isAtEdge(_ path: LeafPath, above level: Int, last: Bool) -> Bool {
        for upper in 0..<level {
            let step = path.steps[upper]
            guard step.index == (last ? step.node.count - 1 : 0) else { return false }
        }
        return true
    }

    /// The path to the first leaf of a tree that has one.
    @inlinable
    public var firstPath: LeafPath { path { _ in 0 } }

    /// The path to the last leaf of a tree that has one.
    @inlinable
    public var lastPath: LeafPath { path { $0.count &- 1 } }

    /// Goes down from the top, through the child that a rule chooses.
    @inlinable
    @inline(__always)
    func path(choose: (InnerNode) -> Int) -> LeafPath {
        guard let top else { preconditionFailure("an empty tree has no path") }
        let height = height
        var path = LeafPath(root: top, height: height)
        for level in 0..<height {
            let inner = InnerNode(path.end)
            let index = choose(inner)
            path.steps[level] = LeafPath.Step(node: inner, index: index)
            path.end = inner.child(index)
        }
        return path
    }

    /// The path to the leaf that holds the element of a rank, and the element's index in it.
    ///
    /// - Parameter rank: at least 0 and below `count`.
    @inlinable
    public func path(toRank rank: Int) -> (path: LeafPath, index: Int) {
        precondition(rank >= 0)
        precondition(rank < count)
        var left = rank
        let found = path { inner in
            let counts = unsafe inner.counts
            var index = 0
            while unsafe left >= counts[index] {
                unsafe left &-= counts[index]
                index &+= 1
            }
            return index
        }
        return (found, left)
    }

    /// The path to the last leaf whose separator is below a key, or at most it; to the first leaf
    /// when there is none.
    @inlinable
    public func path(toSeparatorBelow key: UInt64, orEqual: Bool) -> LeafPath {
        path { inner in
            max(0, inner.countOfSeparators(below: key, orEqual: orEqual) &- 1)
        }
    }

    /// The path to the last leaf that begins at or before a wanted element; to the first leaf when
    /// there is none.
    ///
    /// - Parameters:
    ///   - key: what the wanted element's leaf would have as its separator if it began with it.
    ///   - isAtOrAfter: whether the wanted element is the first one of a leaf, or comes after it.
    ///     Asked of leaves only that have the key as their separator, a few times on each level, so
    ///     that many leaves with one separator cost no more than others.
    @inlinable
    @inline(__always)
    public func path(
        toSeparator key: UInt64, whereWanted isAtOrAfter: (_ leaf: Node) -> Bool
    ) -> LeafPath {
        var levelsBelow = height
        return path { inner in
            levelsBelow &-= 1
            var low = inner.countOfSeparators(below: key, orEqual: false)
            guard low < inner.count, unsafe inner.separators[low] == key else {
                return max(0, low &- 1)
            }
            var high = inner.countOfSeparators(below: key, orEqual: true)
            while low < high {
                let middle = (low &+ high) &>> 1
                if isAtOrAfter(Self.firstLeaf(of: inner.child(middle), height: levelsBelow)) {
                    low = middle &+ 1
                } else {
                    high = middle
                }
            }
            return max(0, low &- 1)
        }
    }

    @inlinable
    static func firstLeaf(of node: Node, height: Int) -> Node {
        var node = node
        for _ in 0..<height { node = InnerNode(node).child(0) }
        return node
    }

    /// Moves a path to the next leaf.
    ///
    /// - Returns: false, and the path as it was, when there is none.
    @inlinable
    public func moveToNext(_ path: inout LeafPath) -> Bool { move(&path, by: 1) }

    /// Moves a path to the leaf before.
    ///
    /// - Returns: false, and the path as it was, when there is none.
    @inlinable
    public func moveToPrevious(_ path: inout LeafPath) -> Bool { move(&path, by: -1) }

    @inlinable
    func move(_ path: inout LeafPath, by direction: Int) -> Bool {
        var level = path.height &- 1
        while level >= 0 {
            let step = path.steps[level]
            let index = step.index &+ direction
            if index >= 0, index < step.node.count {
                path.steps[level].index = index
                path.end = step.node.child(index)
                while level < path.height &- 1 {
                    level &+= 1
                    let inner = InnerNode(path.end)
                    let index = direction > 0 ? 0 : inner.count &- 1
                    path.steps[level] = LeafPath.Step(node: inner, index: index)
                    path.end = inner.child(index)
                }
                return true
            }
            level &-= 1
        }
        return false
    }

    /// Elements in the leaves before a path's.
    @inlinable
    public func rank(of path: LeafPath) -> Int {
        var sum = 0
        for level in 0..<path.height {
            let step = path.steps[level]
            let counts = unsafe step.node.counts
            for index in 0..<step.index { unsafe sum &+= counts[index] }
        }
        return sum
    }

    /// Elements in a path's leaf, as the tree was told.
    @inlinable
    public func leafElementCount(at path: LeafPath) -> Int {
        guard path.height > 0 else { return count }
        let step = path.steps[path.height &- 1]
        return unsafe step.node.counts[step.index]
    }

    /// The separator of a path's leaf.
    @inlinable
    public func separator(at path: LeafPath) -> UInt64 {
        guard path.height > 0 else { return firstSeparator }
        let step = path.steps[path.height &- 1]
        return unsafe step.node.separators[step.index]
    }
}

extension LeafTree {
    /// Whether a path leads to the first leaf.
    public func isFirst(_ path: LeafPath) -> Bool {
        isAtEdge(path, above: path.height, last: false)
    }

    /// Whether a path leads to the last leaf.
    public func isLast(_ path: LeafPath) -> Bool {
        isAtEdge(path, above: path.height, last: true)
    }
}
