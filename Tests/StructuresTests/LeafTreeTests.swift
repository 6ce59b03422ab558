import Structures
import Testing

/// A leaf of the tests: behind the header stand a count of numbers and the numbers.
private struct NumberLeaf {
    let node: Node
    static let capacity = 4

    init(_ node: Node) { self.node = node }

    init(_ numbers: [UInt64], epoch: UInt32) {
        node = Node.make(size: 16 + 8 * Self.capacity, epoch: epoch)
        self.numbers = numbers
    }

    var numbers: [UInt64] {
        get {
            let count = Int(node.address.load(fromByteOffset: 8, as: UInt64.self))
            return (0..<count).map { index in
                node.address.load(fromByteOffset: 16 + 8 * index, as: UInt64.self)
            }
        }
        nonmutating set {
            #expect(newValue.count <= Self.capacity)
            node.address.storeBytes(of: UInt64(newValue.count), toByteOffset: 8, as: UInt64.self)
            for (index, number) in newValue.enumerated() {
                node.address.storeBytes(
                    of: number, toByteOffset: 16 + 8 * index, as: UInt64.self)
            }
        }
    }
}

/// A list of numbers over the tree: ordered by what the test does, or by the number's upper part
/// (the separator), ties by the whole number.
private struct NumberTree {
    let root = VersionedRoot.make(size: LeafTree.contentSize)
    var tree: LeafTree { LeafTree(root) }

    static func separator(_ number: UInt64) -> UInt64 { number >> 8 }

    func insert(_ number: UInt64, at index: Int, in path: LeafPath) {
        var path = path
        tree.unshare(&path)
        var numbers = NumberLeaf(path.leaf).numbers
        numbers.insert(number, at: index)
        if numbers.count <= NumberLeaf.capacity {
            NumberLeaf(path.leaf).numbers = numbers
            tree.addCount(1, at: path)
        } else {
            let kept = index == numbers.count - 1 ? numbers.count - 1 : 2
            NumberLeaf(path.leaf).numbers = Array(numbers[..<kept])
            tree.addCount(kept + 1 - numbers.count, at: path)
            let moved = Array(numbers[kept...])
            tree.setSeparator(Self.separator(numbers[0]), at: path)
            let before = tree.rank(of: path) + kept
            tree.insert(
                NumberLeaf(moved, epoch: root.epoch).node, count: moved.count,
                separator: Self.separator(moved[0]), after: &path)
            #expect(tree.rank(of: path) == before)
            #expect(NumberLeaf(path.leaf).numbers == moved)
            return
        }
        tree.setSeparator(Self.separator(numbers[0]), at: path)
    }

    func insertOrdered(_ number: UInt64) {
        guard !tree.isEmpty else {
            return tree.insertFirst(
                NumberLeaf([number], epoch: root.epoch).node, count: 1,
                separator: Self.separator(number))
        }
        let path = tree.path(toSeparator: Self.separator(number)) { leaf in
            NumberLeaf(leaf).numbers[0] <= number
        }
        let numbers = NumberLeaf(path.leaf).numbers
        insert(number, at: numbers.firstIndex { $0 > number } ?? numbers.count, in: path)
    }

    func push(_ number: UInt64, last: Bool) {
        guard !tree.isEmpty else {
            return tree.insertFirst(NumberLeaf([number], epoch: root.epoch).node, count: 1)
        }
        var path = last ? tree.lastPath : tree.firstPath
        var numbers = NumberLeaf(path.leaf).numbers
        guard numbers.count < NumberLeaf.capacity else {
            tree.unshareAbove(&path)
            let leaf = NumberLeaf([number], epoch: root.epoch).node
            if last {
                tree.insert(leaf, count: 1, after: &path)
            } else {
                tree.insert(leaf, count: 1, before: &path)
            }
            return
        }
        tree.unshare(&path)
        numbers.insert(number, at: last ? numbers.count : 0)
        NumberLeaf(path.leaf).numbers = numbers
        tree.addCount(1, at: path)
    }

    func remove(rank: Int) -> UInt64 {
        var (path, index) = tree.path(toRank: rank)
        tree.unshare(&path)
        var numbers = NumberLeaf(path.leaf).numbers
        let removed = numbers.remove(at: index)
        if numbers.isEmpty {
            let leaf = path.leaf
            tree.remove(at: &path)
            root.retire(leaf)
        } else {
            NumberLeaf(path.leaf).numbers = numbers
            tree.addCount(-1, at: path)
            if tree.separator(at: path) != 0 {
                tree.setSeparator(Self.separator(numbers[0]), at: path)
            }
        }
        return removed
    }

    static func contents(of root: VersionedRoot) -> [UInt64] {
        let tree = LeafTree(root)
        var found: [UInt64] = []
        tree.checkInvariants { leaf, count, _ in
            let numbers = NumberLeaf(leaf).numbers
            #expect(numbers.count == count)
            found += numbers
        }
        return found
    }

    func free() { root.free(freeNodes: LeafTree.freeNodes) }
}

private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct LeafTreeTests {
    @Test(arguments: [1, 2, 3])
    func holdsWhatAnOrderedListHolds(seed: UInt64) {
        var random = Random(state: seed)
        let numbers = NumberTree()
        var model: [UInt64] = []
        // A separator has 256 numbers; the narrow range makes many leaves with one separator.
        let range: UInt64 = seed == 1 ? 1 << 9 : 1 << 24
        for step in 0..<12_000 {
            let growing = (step / 3000) % 2 == 0
            if growing || model.isEmpty {
                let number = UInt64.random(in: 256..<(256 + range), using: &random)
                numbers.insertOrdered(number)
                model.insert(number, at: model.firstIndex { $0 > number } ?? model.count)
            } else {
                let rank = Int.random(in: 0..<model.count, using: &random)
                #expect(numbers.remove(rank: rank) == model.remove(at: rank))
            }
            if step % 250 == 0 { #expect(NumberTree.contents(of: numbers.root) == model) }
        }
        #expect(NumberTree.contents(of: numbers.root) == model)
        numbers.free()
    }

    @Test func findsByRankAndBySeparator() {
        let numbers = NumberTree()
        let model = (0..<5000).map { UInt64($0) * 64 + 256 }
        for number in model { numbers.insertOrdered(number) }
        let tree = numbers.tree
        for rank in stride(from: 0, to: model.count, by: 37) {
            let (path, index) = tree.path(toRank: rank)
            #expect(NumberLeaf(path.leaf).numbers[index] == model[rank])
            #expect(tree.rank(of: path) + index == rank)
            #expect(tree.leafElementCount(at: path) == NumberLeaf(path.leaf).numbers.count)
            let key = NumberTree.separator(model[rank])
            let below = tree.path(toSeparatorBelow: key, orEqual: false)
            #expect(tree.separator(at: below) < key || tree.rank(of: below) == 0)
            var next = below
            if tree.moveToNext(&next) { #expect(tree.separator(at: next) >= key) }
            let atMost = tree.path(toSeparatorBelow: key, orEqual: true)
            #expect(tree.separator(at: atMost) <= key)
            next = atMost
            if tree.moveToNext(&next) { #expect(tree.separator(at: next) > key) }
        }
        numbers.free()
    }

    @Test func walksInBothDirections() {
        let numbers = NumberTree()
        for number in 0..<3000 as Range<UInt64> { numbers.push(number, last: true) }
        var path = numbers.tree.firstPath
        var forward = NumberLeaf(path.leaf).numbers
        while numbers.tree.moveToNext(&path) { forward += NumberLeaf(path.leaf).numbers }
        #expect(forward == Array(0..<3000))
        var backward = NumberLeaf(path.leaf).numbers
        while numbers.tree.moveToPrevious(&path) {
            backward.insert(contentsOf: NumberLeaf(path.leaf).numbers, at: 0)
        }
        #expect(backward == forward)
        numbers.free()
    }

    @Test(arguments: [true, false])
    func pushesLeaveFullLeaves(last: Bool) {
        let numbers = NumberTree()
        for number in 0..<20_000 as Range<UInt64> { numbers.push(number, last: last) }
        #expect(numbers.tree.leafCount == 5000)
        // Full inner nodes: 80 of them, two above, one at the top.
        #expect(numbers.tree.innerMemoryUsage < 5000 * 25 * 11 / 10)
        let expected = Array(0..<20_000 as Range<UInt64>)
        #expect(NumberTree.contents(of: numbers.root) == (last ? expected : expected.reversed()))
        for _ in 0..<20_000 { _ = numbers.remove(rank: last ? 0 : numbers.tree.count - 1) }
        #expect(numbers.tree.isEmpty)
        numbers.tree.checkInvariants()
        numbers.free()
    }

    @Test(arguments: [11, 12, 13, 14])
    func keepsPinnedVersionsAsTheyWere(seed: UInt64) {
        var random = Random(state: seed)
        let numbers = NumberTree()
        var model: [UInt64] = []
        var pinned: [(root: VersionedRoot, contents: [UInt64])] = []
        for step in 0..<8000 {
            let growing = (step / 2000) % 2 == 0
            if growing || model.isEmpty {
                let number = UInt64.random(in: 256..<60_000, using: &random)
                numbers.insertOrdered(number)
                model.insert(number, at: model.firstIndex { $0 > number } ?? model.count)
            } else {
                let rank = Int.random(in: 0..<model.count, using: &random)
                #expect(numbers.remove(rank: rank) == model.remove(at: rank))
            }
            if step % 400 == 399 { pinned.append((numbers.root.pin(), model)) }
            if step % 700 == 699 {
                let (root, contents) = pinned.remove(
                    at: Int.random(in: 0..<pinned.count, using: &random))
                #expect(NumberTree.contents(of: root) == contents)
                root.unpin(freeNodes: LeafTree.freeNodes)
            }
        }
        #expect(NumberTree.contents(of: numbers.root) == model)
        if seed % 2 == 0 { numbers.free() }
        for (root, contents) in pinned {
            #expect(NumberTree.contents(of: root) == contents)
            root.unpin(freeNodes: LeafTree.freeNodes)
        }
        if seed % 2 != 0 { numbers.free() }
    }
}
