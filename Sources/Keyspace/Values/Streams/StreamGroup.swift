import Bytes
import Structures

/// An entry that was delivered to a consumer and not acknowledged.
public struct PendingEntry: Equatable, Sendable {
    public let id: StreamID
    /// When it was last delivered, in Unix milliseconds.
    public var deliveryTime: Int64
    public var deliveryCount: UInt64
    /// The number of the consumer among those of its group.
    public var consumer: Int

    public init(id: StreamID, deliveryTime: Int64, deliveryCount: UInt64, consumer: Int) {
        self.id = id
        self.deliveryTime = deliveryTime
        self.deliveryCount = deliveryCount
        self.consumer = consumer
    }
}

/// A consumer group of a stream.
///
/// ```
/// offset of the named node's own part
///        0   last delivered ID: milliseconds and sequence, 64 bits each
///       16   entries read, 64 bits; −1 when that is unknown
///       24   address of the consumers (`NamedNodes`), or 0
///       32   pending entries (`LeafTree`): records of 40 bytes: ID, time of the last delivery in
///            Unix milliseconds, number of deliveries, number of the consumer, 64 bits each
/// ```
///
/// A handle by the group's number: it stays valid when the group's node is replaced by a copy that may
/// change.
@safe
public struct StreamGroup {
    public let stream: Stream
    let number: Int

    static let contentSize = 32 + LeafTree.contentSize
    static let recordSize = 40
    private static let consumersOffset = 24
    private static let pendingOffset = 32

    var root: VersionedRoot { stream.root }
    var node: Node { stream.groupNodes.node(numbered: number) }

    /// The group's node as one that may change.
    func nodeForChange() -> Node {
        guard root.isPinned else { return node }
        let groups = stream.groupNodesForChange()
        let node = groups.node(numbered: number)
        let own = root.unshared(node)
        if own != node { groups.replace(own) }
        return own
    }

    public var name: ByteSlice { node.name(behind: Self.contentSize) }

    public var lastID: StreamID {
        get {
            StreamID(
                milliseconds: node.namedInteger(at: 0), sequence: node.namedInteger(at: 8))
        }
        nonmutating set {
            let node = nodeForChange()
            node.setNamedInteger(at: 0, to: newValue.milliseconds)
            node.setNamedInteger(at: 8, to: newValue.sequence)
        }
    }

    /// How many entries of the stream, counted from its beginning, the group has read up to its last
    /// delivered ID; −1 when that is unknown.
    public var entriesRead: Int64 {
        get { Int64(bitPattern: node.namedInteger(at: 16)) }
        nonmutating set {
            nodeForChange().setNamedInteger(at: 16, to: UInt64(bitPattern: newValue))
        }
    }

    // MARK: Pending entries

    var pending: PendingTree { pending(of: node) }

    private func pending(of node: Node) -> PendingTree {
        unsafe PendingTree(
            root, at: node.namedContent + Self.pendingOffset, recordSize: Self.recordSize)
    }

    public var pendingCount: Int { pending.count }

    /// The first and the last ID that is pending; nothing when none is.
    public var pendingEdges: (first: StreamID, last: StreamID)? {
        pendingCount == 0 ? nil : pending.edges
    }

    public func pendingEntry(_ id: StreamID) -> PendingEntry? {
        unsafe pending.find(id).map { unsafe PendingEntry(record: $0) }
    }

    /// The first entry that is pending whose ID is at least `id`.
    public func firstPending(from id: StreamID) -> PendingEntry? {
        var entries = PendingIterator(self, from: id)
        return entries.next()
    }

    /// Gives an entry to a consumer: notes it as pending, or changes what is noted of it.
    public func setPending(_ entry: PendingEntry) {
        let pending = pending(of: nodeForChange())
        let consumer = consumer(numbered: entry.consumer)
        if let record = unsafe pending.findForChange(entry.id) {
            let old = unsafe PendingEntry(record: record)
            if old.consumer != entry.consumer {
                self.consumer(numbered: old.consumer).pendingForChange().remove(entry.id)
                unsafe consumer.pendingForChange().insert(entry.id)
            }
            return unsafe entry.write(to: record)
        }
        unsafe entry.write(to: pending.insert(entry.id))
        unsafe consumer.pendingForChange().insert(entry.id)
    }

    /// Forgets that an entry is pending. Returns whether it was.
    @discardableResult
    public func removePending(_ id: StreamID) -> Bool {
        guard let entry = pendingEntry(id) else { return false }
        pending(of: nodeForChange()).remove(id)
        consumer(numbered: entry.consumer).pendingForChange().remove(id)
        return true
    }

    // MARK: Consumers

    var consumerNodes: NamedNodes? {
        node.namedAddress(at: Self.consumersOffset).map {
            NamedNodes(node: $0, contentSize: StreamConsumer.contentSize)
        }
    }

    func consumerNodesForChange() -> NamedNodes {
        let group = nodeForChange()
        guard let consumers = consumerNodes else {
            preconditionFailure("a group without consumers has none to change")
        }
        let own = root.unshared(consumers.node)
        if own != consumers.node { group.setNamedAddress(at: Self.consumersOffset, to: own) }
        return NamedNodes(node: own, contentSize: StreamConsumer.contentSize)
    }

    public var consumerCount: Int { consumerNodes?.count ?? 0 }

    public func consumer(numbered number: Int) -> StreamConsumer {
        StreamConsumer(group: self, number: number)
    }

    public func consumer(_ name: ByteSlice) -> StreamConsumer? {
        consumerNodes?.find(name).map { consumer(numbered: $0.number) }
    }

    /// Visits the consumers in the order of their names.
    public func forEachConsumer(_ visit: (StreamConsumer) -> Void) {
        consumerNodes?.forEach { visit(consumer(numbered: $0.number)) }
    }

    /// Adds a consumer, whose name is not taken.
    ///
    /// - Parameter now: Unix milliseconds, as the time when it was last seen.
    @discardableResult
    public func addConsumer(_ name: ByteSlice, now: Int64) -> StreamConsumer {
        let group = nodeForChange()
        var consumers =
            consumerNodes
            ?? NamedNodes.make(
                capacity: 2, contentSize: StreamConsumer.contentSize, epoch: root.epoch)
        consumers = consumers.ownWithRoom(in: root)
        group.setNamedAddress(at: Self.consumersOffset, to: consumers.node)
        let node = Node.makeNamed(
            name, contentSize: StreamConsumer.contentSize, epoch: root.epoch)
        consumers.insert(node)
        let consumer = consumer(numbered: node.number)
        consumer.seenTime = now
        consumer.activeTime = -1
        return consumer
    }

    /// Removes a consumer and forgets what is pending for it.
    public func remove(_ consumer: StreamConsumer) {
        var cursor = PendingCursor(consumer.pending, from: .min)
        let pending = pending(of: nodeForChange())
        while let record = unsafe cursor.next() { unsafe pending.remove(record.streamID) }
        consumer.pendingForChange().tree.retireNodes()
        let node = consumer.node
        consumerNodesForChange().remove(node)
        root.retire(node)
    }

    // MARK: The whole

    /// Frees what the group leads to, but not its node.
    func freeNodes() {
        pending.tree.freeNodes()
        guard let consumers = consumerNodes else { return }
        forEachConsumer {
            $0.pending.tree.freeNodes()
            $0.node.free()
        }
        consumers.node.free()
    }

    /// Takes what the group leads to out of the live stream, but not its node, which may change.
    func retireNodes() {
        pending(of: nodeForChange()).tree.retireNodes()
        guard consumerNodes != nil else { return }
        // What is shared is replaced by a copy once; the list is asked for anew, or it would be given
        // to the graveyard twice.
        let consumers = consumerNodesForChange()
        consumers.forEach {
            consumer(numbered: $0.number).pendingForChange().tree.retireNodes()
            root.retire(consumers.node(numbered: $0.number))
        }
        root.retire(consumers.node)
    }

    func checkInvariants() {
        pending.checkInvariants()
        var sum = 0
        forEachConsumer { consumer in
            consumer.pending.checkInvariants()
            sum += consumer.pendingCount
            var cursor = PendingCursor(consumer.pending, from: .min)
            while let record = unsafe cursor.next() {
                precondition(unsafe pendingEntry(record.streamID)?.consumer == consumer.number)
            }
        }
        precondition(sum == pendingCount)
    }
}

extension PendingEntry {
    init(record: UnsafeMutableRawPointer) {
        id = unsafe record.streamID
        deliveryTime = unsafe record.load(fromByteOffset: 16, as: Int64.self)
        deliveryCount = unsafe record.load(fromByteOffset: 24, as: UInt64.self)
        consumer = unsafe record.load(fromByteOffset: 32, as: Int.self)
    }

    func write(to record: UnsafeMutableRawPointer) {
        unsafe record.storeBytes(of: deliveryTime, toByteOffset: 16, as: Int64.self)
        unsafe record.storeBytes(of: deliveryCount, toByteOffset: 24, as: UInt64.self)
        unsafe record.storeBytes(of: consumer, toByteOffset: 32, as: Int.self)
    }
}
