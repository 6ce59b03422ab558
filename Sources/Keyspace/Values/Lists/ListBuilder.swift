import Bytes
import Configuration
import Structures

/// Makes a list aside, from its first element to its last, for a loader or a command that stores
/// one.
public struct ListBuilder: ~Copyable {
    private let list: Quicklist
    private let limits: ListLimits
    private var isFinished = false

    public init(_ settings: EncodingSettings) {
        limits = ListLimits(settings)
        list = Quicklist.make(fill: limits.fill, compressDepth: settings.listCompressDepth)
    }

    deinit { if !isFinished { list.free() } }

    /// Elements so far.
    public var count: Int { list.count }

    /// Adds an element as a push would.
    public mutating func append(_ value: StringValue) { list.push(value, at: .right) }

    /// Adds a node of verified elements, which is the list's from here on.
    public mutating func append(_ run: PackedRun) {
        if run.isEmpty { return run.free() }
        run.mark = ListNode.Kind.packed.rawValue
        list.append(ListNode(run.node))
        list.settle()
    }

    /// Adds an element in a node of its own.
    public mutating func append(plain bytes: ByteSlice) {
        list.append(ListNode.makePlain(bytes, epoch: list.root.epoch))
        list.settle()
    }

    /// The list, a `listpack` if it fits one; nothing if it is empty.
    public consuming func finish() -> StoredValue? {
        guard count > 0 else { return nil }
        isFinished = true
        if let node = list.onlyNode, limits.allowsAsListpack(size: node.size, count: node.count) {
            return StoredValue(list.dissolved(), .list)
        }
        return StoredValue(list.root, .list, .quicklist)
    }
}
