import Bytes
import Structures

/// A list to be read: of an entry, made aside, or frozen.
@safe
@frozen
public struct ListView {
    public let value: StoredValue

    /// - Parameter value: of type list.
    @inlinable
    public init(_ value: StoredValue) { self.value = value }

    /// Elements.
    public var count: Int {
        value.encoding == .listpack ? value.run.count : Quicklist(value.root).count
    }

    /// The nodes, if there is more than the one of a `listpack`.
    public var quicklist: Quicklist? {
        value.encoding == .quicklist ? Quicklist(value.root) : nil
    }

    /// Visits the elements from an index on, towards the end or the beginning, until the visitor
    /// returns false.
    ///
    /// - Parameters:
    ///   - index: of an element; beyond the last none is visited.
    ///   - visit: what it is handed is lent for the time of the call.
    @inlinable
    public func visit(
        from index: Int, backwards: Bool = false, _ visit: (StringValue) -> Bool
    ) {
        visitParts(from: index, backwards: backwards) { part in
            backwards ? part.visitBackwards(visit) : part.visitForwards(visit)
        }
    }

    /// The first or last element of a list that is not empty, lent to a function.
    @inlinable
    public func withEnd<Result>(
        _ end: ListEnd, _ body: (StringValue) -> Result
    ) -> Result {
        if value.encoding == .listpack {
            let run = value.run
            return body(run[end == .left ? 0 : run.previous(run.size)])
        }
        return body(Quicklist(value.root).end(end))
    }

    /// Visits the elements from an index on, a node at a time.
    public func visitParts(from index: Int, backwards: Bool, _ visit: (ListPart) -> Bool) {
        guard index < count else { return }
        if value.encoding == .listpack {
            let run = value.run
            let position = run.position(of: backwards ? index + 1 : index)
            _ = visit(ListPart(elements: run.elements, position: position, isPlain: false))
            return
        }
        let list = Quicklist(value.root)
        let tree = list.tree
        var (path, offset) = tree.path(toRank: index)
        var scratch = ByteBuffer()
        var isFirst = true
        repeat {
            let node = ListNode(path.leaf)
            let elements = node.elements(using: &scratch)
            var part = ListPart(
                elements: elements, position: backwards ? elements.count : 0,
                isPlain: node.isPlain)
            if isFirst, !node.isPlain {
                part.skip(backwards ? node.count - 1 - offset : offset, backwards: backwards)
            }
            isFirst = false
            guard visit(part) else { return }
        } while backwards ? tree.moveToPrevious(&path) : tree.moveToNext(&path)
    }
}

/// The elements of one node from a position on.
@safe
@frozen
public struct ListPart {
    /// In their coding, or the bytes of the one element of a plain node.
    @usableFromInline let elements: ByteSlice
    /// Where the next element begins; going backwards, where it ends.
    @usableFromInline var position: Int
    @usableFromInline let isPlain: Bool

    @usableFromInline
    init(elements: ByteSlice, position: Int, isPlain: Bool) {
        self.elements = elements
        self.position = position
        self.isPlain = isPlain
    }

    // Positions lie within the elements, which were written or verified before.

    mutating func skip(_ count: Int, backwards: Bool) {
        for _ in 0..<count {
            if backwards {
                unsafe position -= PackedElement.size(before: elements.start + position)
            } else {
                unsafe position += PackedElement.size(at: elements.start + position)
            }
        }
    }

    /// Returns false when the visitor has had enough.
    @inlinable
    public func visitForwards(_ visit: (StringValue) -> Bool) -> Bool {
        if isPlain { return visit(StringValue(elements)) }
        var element = unsafe elements.start + position
        let end = unsafe elements.start + elements.count
        while unsafe element < end {
            guard unsafe visit(PackedElement.value(at: element)) else { return false }
            unsafe element += PackedElement.size(at: element)
        }
        return true
    }

    /// Returns false when the visitor has had enough.
    @inlinable
    public func visitBackwards(_ visit: (StringValue) -> Bool) -> Bool {
        if isPlain { return visit(StringValue(elements)) }
        var element = unsafe elements.start + position
        while unsafe element > elements.start {
            unsafe element -= PackedElement.size(before: element)
            guard unsafe visit(PackedElement.value(at: element)) else { return false }
        }
        return true
    }
}

extension Quicklist {
    /// The first or last element; the ends are never compressed.
    @usableFromInline
    func end(_ end: ListEnd) -> StringValue {
        let node = node(at: end == .left ? tree.firstPath : tree.lastPath)
        guard node.isPacked else { return StringValue(node.content) }
        let run = node.run
        return run[end == .left ? 0 : run.previous(run.size)]
    }
}
