import Bytes
import CPlatform
import Structures

extension Stream {
    private var groupsAddress: UnsafeMutableRawPointer? {
        get {
            unsafe root.content.load(
                fromByteOffset: Self.groupsOffset, as: UnsafeMutableRawPointer?.self)
        }
        nonmutating set {
            unsafe root.content.storeBytes(
                of: newValue, toByteOffset: Self.groupsOffset, as: UnsafeMutableRawPointer?.self)
        }
    }

    var optionalGroupNodes: NamedNodes? {
        unsafe groupsAddress.map {
            NamedNodes(
                node: unsafe Node(address: $0), contentSize: StreamGroup.contentSize)
        }
    }

    var groupNodes: NamedNodes {
        guard let groups = optionalGroupNodes else {
            preconditionFailure("a stream without groups has none")
        }
        return groups
    }

    /// The list of groups as one that may change.
    func groupNodesForChange() -> NamedNodes {
        let groups = groupNodes
        let own = root.unshared(groups.node)
        if own != groups.node { unsafe groupsAddress = unsafe own.address }
        return NamedNodes(node: own, contentSize: StreamGroup.contentSize)
    }

    public var groupCount: Int { optionalGroupNodes?.count ?? 0 }

    public func group(_ name: ByteSlice) -> StreamGroup? {
        optionalGroupNodes?.find(name).map { StreamGroup(stream: self, number: $0.number) }
    }

    /// Visits the groups in the order of their names.
    public func forEachGroup(_ visit: (StreamGroup) -> Void) {
        optionalGroupNodes?.forEach { visit(StreamGroup(stream: self, number: $0.number)) }
    }

    /// Adds a group, whose name is not taken.
    @discardableResult
    public func addGroup(
        _ name: ByteSlice, lastID: StreamID, entriesRead: Int64
    ) -> StreamGroup {
        var groups =
            optionalGroupNodes
            ?? NamedNodes.make(
                capacity: 2, contentSize: StreamGroup.contentSize, epoch: root.epoch)
        groups = groups.ownWithRoom(in: root)
        unsafe groupsAddress = unsafe groups.node.address
        let node = Node.makeNamed(
            name, contentSize: StreamGroup.contentSize, epoch: root.epoch)
        groups.insert(node)
        let group = StreamGroup(stream: self, number: node.number)
        group.lastID = lastID
        group.entriesRead = entriesRead
        return group
    }

    /// Removes a group with its consumers and pending entries.
    public func remove(_ group: StreamGroup) {
        group.retireNodes()
        let node = group.node
        groupNodesForChange().remove(node)
        root.retire(node)
    }

    /// Frees what a live root leads to, but not the root.
    static func freeNodes(_ root: VersionedRoot) {
        let stream = Stream(root)
        stream.nodes.freeNodes()
        guard let groups = stream.optionalGroupNodes else { return }
        stream.forEachGroup {
            $0.freeNodes()
            $0.node.free()
        }
        groups.node.free()
    }
}
