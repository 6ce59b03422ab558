import Bytes
import Structures

/// Walks over the live entries of a stream between two IDs, both included.
///
/// Valid until the stream changes.
@safe
@frozen
public struct StreamIterator {
    @usableFromInline let stream: Stream
    @usableFromInline let start: StreamID
    @usableFromInline let end: StreamID
    @usableFromInline let isReverse: Bool
    @usableFromInline var isAtEnd: Bool
    @usableFromInline var path: LeafPath
    /// Of the entry that is looked at next, or, walking back, of the end of that one.
    @usableFromInline var position = 0
    /// What the last step has reached.
    @usableFromInline var entry: StreamEntry?

    public init(
        _ stream: Stream, from start: StreamID = .min, through end: StreamID = .max,
        isReverse: Bool = false
    ) {
        self.stream = stream
        self.start = start
        self.end = end
        self.isReverse = isReverse
        isAtEnd = stream.length == 0 || end < start
        path =
            stream.length == 0
            ? LeafPath(root: stream.root.node, height: 0)
            : stream.path(toNodeOf: isReverse ? end : start)
        if !isAtEnd { position = edge(of: StreamNode(path.leaf)) }
    }

    @inlinable
    func edge(of node: StreamNode) -> Int { isReverse ? node.size : node.firstPosition }

    /// Whether the last step has reached an entry.
    @inlinable public var hasReached: Bool { entry != nil }

    @inlinable public var id: StreamID {
        guard let entry else { preconditionFailure("no step has reached an entry") }
        return entry.id
    }

    @inlinable public var fieldCount: Int {
        guard let entry else { preconditionFailure("no step has reached an entry") }
        return entry.fieldCount
    }

    /// The next field of the entry with its value; at most `fieldCount` times.
    @inlinable
    public mutating func nextField() -> (field: StringValue, value: StringValue) {
        guard let pair = entry?.nextField() else {
            preconditionFailure("no step has reached an entry")
        }
        return pair
    }

    /// Goes to the next live entry. Returns false when there is none.
    public mutating func next() -> Bool {
        if !isReverse { position = entry?.end() ?? position }
        entry = nil
        while !isAtEnd {
            if isReverse ? findBackwards() : findForwards() { return true }
            if isAtEnd { break }
            let hasMoved =
                isReverse ? stream.nodes.moveToPrevious(&path) : stream.nodes.moveToNext(&path)
            guard hasMoved else {
                isAtEnd = true
                break
            }
            position = edge(of: StreamNode(path.leaf))
        }
        return false
    }

    /// Looks for the next entry in the node of the path.
    private mutating func findForwards() -> Bool {
        let node = StreamNode(path.leaf)
        let size = node.size
        while position < size {
            var found = StreamEntry(node, at: position)
            if found.id > end {
                isAtEnd = true
                return false
            }
            if found.id >= start, !found.isDeleted {
                entry = found
                return true
            }
            position = found.end()
        }
        return false
    }

    private mutating func findBackwards() -> Bool {
        let node = StreamNode(path.leaf)
        while let previous = node.previousEntry(position) {
            position = previous
            let found = StreamEntry(node, at: previous)
            if found.id < start {
                isAtEnd = true
                return false
            }
            if found.id <= end, !found.isDeleted {
                entry = found
                return true
            }
        }
        return false
    }
}
