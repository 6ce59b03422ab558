import Structures

/// A walk over the nodes of a stream, which does not change meanwhile. It can be kept and resumed.
public struct StreamNodeWalk {
    private let tree: LeafTree
    /// To the next node; nothing at the end.
    private var path: LeafPath?

    public init(_ stream: Stream) {
        tree = stream.nodes
        path = tree.isEmpty ? nil : tree.firstPath
    }

    /// The next node; nothing at the end.
    public mutating func next() -> StreamNode? {
        guard var next = path else { return nil }
        let node = StreamNode(next.leaf)
        path = tree.moveToNext(&next) ? next : nil
        return node
    }
}
