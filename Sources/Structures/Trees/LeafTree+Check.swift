extension LeafTree {
    /// Traps when the tree contradicts itself.
    ///
    /// - Parameter checkLeaf: is handed each leaf from left to right, with the count and separator
    ///   that the tree has of it, to be checked.
    public func checkInvariants(
        _ checkLeaf: (_ leaf: Node, _ count: Int, _ separator: UInt64) -> Void = { _, _, _ in }
    ) {
        guard let top else {
            precondition(count == 0)
            precondition(leafCount == 0)
            return
        }
        if height > 0 { precondition(InnerNode(top).count >= 2) }
        var leaves = 0
        var last: UInt64 = 0
        let sum = check(top, height, count, firstSeparator) { leaf, count, separator in
            leaves += 1
            precondition(separator >= last)
            last = separator
            checkLeaf(leaf, count, separator)
        }
        precondition(sum == count)
        precondition(leaves == leafCount)
    }

    private func check(
        _ node: Node, _ height: Int, _ count: Int, _ separator: UInt64,
        _ checkLeaf: (Node, Int, UInt64) -> Void
    ) -> Int {
        precondition(node.epoch <= root.epoch)
        guard height > 0 else {
            checkLeaf(node, count, separator)
            return count
        }
        let inner = InnerNode(node)
        precondition(inner.count >= 1)
        precondition(inner.count <= inner.capacity)
        precondition(inner.capacity <= InnerNode.capacityMax)
        precondition(unsafe inner.separators[0] == separator)
        var sum = 0
        for index in 0..<inner.count {
            sum += unsafe check(
                inner.child(index), height - 1, inner.counts[index], inner.separators[index],
                checkLeaf)
        }
        precondition(sum == count)
        return sum
    }

    /// Bytes that the allocator spends on inner nodes.
    public var innerMemoryUsage: Int {
        guard let top else { return 0 }
        return Self.innerMemoryUsage(of: top, height: height)
    }

    private static func innerMemoryUsage(of node: Node, height: Int) -> Int {
        guard height > 0 else { return 0 }
        let inner = InnerNode(node)
        var sum = node.memoryUsage
        guard height > 1 else { return sum }
        for index in 0..<inner.count {
            sum += innerMemoryUsage(of: inner.child(index), height: height - 1)
        }
        return sum
    }
}
