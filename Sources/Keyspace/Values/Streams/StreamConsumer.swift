import Bytes
import Structures

/// A consumer of a group.
///
/// ```
/// offset of the named node's own part
///        0   when it was last seen, in Unix milliseconds, 64 bits
///        8   when it last got an entry, or −1
///       16   IDs of its pending entries (`LeafTree`): records of 16 bytes, an ID each
/// ```
///
/// A handle by the consumer's number, as a group's is.
@safe
public struct StreamConsumer {
    public let group: StreamGroup
    public let number: Int

    static let contentSize = 16 + LeafTree.contentSize
    private static let pendingOffset = 16

    var node: Node {
        guard let consumers = group.consumerNodes else {
            preconditionFailure("a group without consumers has none")
        }
        return consumers.node(numbered: number)
    }

    private func nodeForChange() -> Node {
        let root = group.root
        guard root.isPinned else { return node }
        let consumers = group.consumerNodesForChange()
        let node = consumers.node(numbered: number)
        let own = root.unshared(node)
        if own != node { consumers.replace(own) }
        return own
    }

    public var name: ByteSlice { node.name(behind: Self.contentSize) }

    /// Unix milliseconds.
    public var seenTime: Int64 {
        get { Int64(bitPattern: node.namedInteger(at: 0)) }
        nonmutating set {
            nodeForChange().setNamedInteger(at: 0, to: UInt64(bitPattern: newValue))
        }
    }

    /// Unix milliseconds; −1 when the consumer never got an entry.
    public var activeTime: Int64 {
        get { Int64(bitPattern: node.namedInteger(at: 8)) }
        nonmutating set {
            nodeForChange().setNamedInteger(at: 8, to: UInt64(bitPattern: newValue))
        }
    }

    var pending: PendingTree { pending(of: node) }

    func pendingForChange() -> PendingTree { pending(of: nodeForChange()) }

    private func pending(of node: Node) -> PendingTree {
        unsafe PendingTree(
            group.root, at: node.namedContent + Self.pendingOffset, recordSize: 16)
    }

    public var pendingCount: Int { pending.count }
}
