import Bytes
import CPlatform

extension PackedTable {
    /// Visits the elements of the page at the cursor and returns the cursor of the next one.
    ///
    /// The order is that of the hash, of which the cursor counts the first forty bits. A split or
    /// merge only cuts or joins neighbours in it, so whatever is in the table from the first call to
    /// the last is visited; clients keep the number exactly even as a double.
    public func scan(from cursor: ScanCursor, _ visit: (TableEntry) -> Void) -> ScanCursor {
        let unit = UInt64(64 - Self.depthMax)
        let prefix = cursor.number << unit
        let word = page(of: prefix)
        word.page.forEach(visit)
        return ScanCursor(Self.prefix(behind: word, prefix) >> unit)
    }

    /// The prefix at which the page behind one begins, or 0 after the last.
    static func prefix(behind word: DirectoryWord, _ prefix: UInt64) -> UInt64 {
        guard word.localDepth > 0 else { return 0 }
        let step: UInt64 = 1 << UInt64(64 - word.localDepth)
        return (prefix & ~(step - 1)) &+ step
    }

    /// Visits every element in the order in which `TableWalk` meets them.
    public func forEach(_ visit: (TableEntry) -> Void) {
        var walk = TableWalk(self)
        while let entry = walk.next() { visit(entry) }
    }

    /// A table of its own with the same elements and notes.
    public func copied() -> PackedTable {
        let copy = PackedTable(root: VersionedRoot.make(size: Self.contentSize))
        unsafe ls_copy(copy.root.content, root.content, Self.contentSize)
        if topDepth > 0 {
            copy.directory = DirectoryWord(top: Directory(node: copy.ownCopy(directory.node)))
        }
        var index = 0
        forEachSegment { segment in
            let owned = DirectoryWord(
                segment: Directory(node: copy.ownCopy(segment.node)), depth: segment.depth,
                localDepth: segment.localDepth)
            forEachPage(of: segment) { page, first in
                let word = unsafe segment.directory.places[first]
                let page = DirectoryWord(
                    page: TablePage(node: copy.ownCopy(page.node)), localDepth: word.localDepth)
                if outsideCount > 0 { copy.ownOutside(of: page.page) }
                let span = 1 << (segment.depth - (word.localDepth - segment.localDepth))
                for place in first..<(first + span) { unsafe owned.directory.places[place] = page }
            }
            guard topDepth > 0 else { return copy.directory = owned }
            let span = 1 << (topDepth - segment.localDepth)
            for place in index..<(index + span) {
                unsafe copy.directory.directory.places[place] = owned
            }
            index += span
        }
        return copy
    }

    private func ownCopy(_ node: Node) -> Node { node.copied(epoch: root.epoch) }

    /// Gives a copied page strings outside of its own.
    private func ownOutside(of page: TablePage) {
        page.forEach { entry in
            entry.forEachOutside { $0.lead(to: ownCopy($0.node)) }
        }
    }

    /// Traps if the table contradicts itself.
    public func checkInvariants() {
        var (elements, nodes, outside, deepestSeen) = (0, 0, 0, 0)
        if topDepth > 0 { nodes += directory.node.memoryUsage }
        var prefix: UInt64 = 0
        forEachSegment { segment in
            precondition(segment.localDepth <= topDepth)
            precondition(segment.depth <= Self.segmentDepthMax)
            deepestSeen = max(deepestSeen, segment.localDepth + segment.depth)
            nodes += segment.node.memoryUsage
            forEachPage(of: segment) { page, first in
                let word = unsafe segment.directory.places[first]
                precondition(word == self.page(of: prefix))
                precondition(word.localDepth >= segment.localDepth)
                precondition(word.localDepth <= segment.localDepth + segment.depth)
                page.checkInvariants()
                precondition(page.count <= fullest)
                let mask =
                    word.localDepth == 0 ? 0 : ~UInt64(0) << UInt64(64 - word.localDepth)
                for index in 0..<page.count {
                    let entry = page.entry(index)
                    let hash = KeyHash.hash(entry.field)
                    precondition(hash & mask == prefix & mask)
                    precondition(page.tag(index) == UInt8(truncatingIfNeeded: hash))
                    entry.forEachOutside { part in
                        outside += 1
                        nodes += part.node.memoryUsage
                    }
                }
                elements += page.count
                nodes += page.node.memoryUsage
                prefix = Self.prefix(behind: word, prefix)
            }
        }
        precondition(prefix == 0)
        precondition(elements == count)
        precondition(outside == outsideCount)
        precondition(nodes == nodesSize)
        precondition(deepestSeen == deepest)
    }
}

/// A walk over the elements of a table, which does not change meanwhile.
public struct TableWalk {
    private let table: PackedTable
    private var prefix: UInt64 = 0
    private var word: DirectoryWord
    private var index = 0
    private var offset = 0

    public init(_ table: PackedTable) {
        self.table = table
        word = table.page(of: 0)
    }

    /// The next element, lent; nothing at the end.
    public mutating func next() -> TableEntry? {
        while index == word.page.count {
            let next = PackedTable.prefix(behind: word, prefix)
            guard next != 0 else { return nil }
            prefix = next
            word = table.page(of: prefix)
            (index, offset) = (0, 0)
        }
        let entry = word.page.entry(index, at: offset)
        index += 1
        offset += entry.size
        return entry
    }
}
