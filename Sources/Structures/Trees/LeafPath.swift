/// The way from the root of a `LeafTree` to one of its leaves, in a fixed place: no allocation.
///
/// It is valid until the tree is changed other than through it.
@safe
@frozen
public struct LeafPath {
    /// Levels of inner nodes that a tree can have. All nodes but those at its two edges have 15
    /// children, so a higher tree would have more leaves than there is memory.
    public static let heightMax = 10

    @frozen
    @usableFromInline
    struct Step {
        @usableFromInline var node: InnerNode
        /// Of the child that the path goes through.
        @usableFromInline var index: Int

        @inlinable
        init(node: InnerNode, index: Int) {
            self.node = node
            self.index = index
        }
    }

    @usableFromInline var height: Int
    @usableFromInline var end: Node
    /// From the root down; those from `height` on have no meaning.
    @usableFromInline var steps: InlineArray<10, Step>

    /// A path that has no meaning yet, but for a tree that is its only leaf.
    @inlinable
    public init(root: Node, height: Int) {
        self.height = height
        self.end = root
        self.steps = InlineArray(repeating: Step(node: InnerNode(root), index: 0))
    }

    @inlinable public var leaf: Node { end }
}
