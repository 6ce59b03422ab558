import Bytes
import Structures

extension Stream {
    /// The path to the node that holds an ID, if any does; the stream is not empty.
    @inlinable
    func path(toNodeOf id: StreamID) -> LeafPath {
        nodes.path(toSeparator: id.milliseconds) { StreamNode($0).masterID <= id }
    }

    /// The live entry of an ID.
    public func entry(_ id: StreamID) -> StreamEntry? {
        guard length > 0 else { return nil }
        let node = StreamNode(path(toNodeOf: id).leaf)
        guard let entry = node.firstEntry(from: id), entry.id == id else { return nil }
        return entry
    }

    public func contains(_ id: StreamID) -> Bool { entry(id) != nil }

    /// The ID of the last live entry; nothing when there is none.
    public var lastLiveID: StreamID? {
        guard length > 0 else { return nil }
        var entries = StreamIterator(self, isReverse: true)
        return entries.next() ? entries.id : nil
    }

    public func forEachNode(_ visit: (StreamNode) -> Void) {
        guard !nodes.isEmpty else { return }
        var path = nodes.firstPath
        repeat { visit(StreamNode(path.leaf)) } while nodes.moveToNext(&path)
    }
}
