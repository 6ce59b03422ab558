import Structures

/// The nodes of a list, one by one, as a file holds them: a frozen list on any thread, another one
/// as long as it does not change.
@safe
public struct ListNodeCursor {
    private let view: ListView
    private var path: LeafPath?
    private var hasBegun = false

    init(_ view: ListView) { self.view = view }

    /// The next node; nothing behind the last.
    public mutating func next() -> ListNode? {
        defer { hasBegun = true }
        guard let list = view.quicklist else {
            // The run of a small list is laid out as a packed node.
            return hasBegun ? nil : ListNode(view.value.run.node)
        }
        if var next = path {
            guard list.tree.moveToNext(&next) else { return nil }
            path = next
        } else {
            guard !hasBegun, !list.tree.isEmpty else { return nil }
            path = list.tree.firstPath
        }
        return path.map { ListNode($0.leaf) }
    }
}

extension ListView {
    /// How many nodes a file holds of the list.
    public var nodeCount: Int { quicklist?.nodeCount ?? 1 }

    /// The nodes from the first to the last.
    public var nodes: ListNodeCursor { ListNodeCursor(self) }
}
