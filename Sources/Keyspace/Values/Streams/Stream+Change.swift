import Bytes
import Structures

/// How many entries a stream is to keep at its front.
public enum StreamTrim {
    /// At most so many are kept.
    case length(UInt64)
    /// Those below are removed.
    case minimum(StreamID)
}

extension Stream {
    /// Appends an entry; its ID is greater than the last.
    ///
    /// - Parameter pairs: fields and values in turn, of `StreamNode.sizeMax` bytes at the most.
    public func append(_ id: StreamID, _ pairs: Slices, limits: StreamNodeLimits) {
        precondition(lastID < id)
        if nodes.isEmpty {
            let node = StreamNode.make(id, pairs, epoch: root.epoch)
            nodes.insertFirst(node.node, count: 1, separator: id.milliseconds)
        } else {
            var path = nodes.lastPath
            var size = 0
            for index in 0..<pairs.count { size += pairs[index].count }
            if limits.isFull(StreamNode(path.leaf), adding: size) {
                appendNode(id, pairs, behind: &path)
            } else {
                nodes.unshare(&path)
                var node = StreamNode(path.leaf)
                node.append(id, pairs)
                if node.node != path.leaf { nodes.setLeaf(node.node, at: &path) }
                nodes.addCount(1, at: path)
            }
        }
        entriesAdded &+= 1
        lastID = id
        if length == 1 { firstID = id }
    }

    private func appendNode(_ id: StreamID, _ pairs: Slices, behind path: inout LeafPath) {
        nodes.unshareAbove(&path)
        // Nothing is appended to the last node any more.
        var last = StreamNode(path.leaf)
        if !root.isShared(last.node) {
            last.fit()
            if last.node != path.leaf { nodes.setLeaf(last.node, at: &path) }
        }
        let node = StreamNode.make(id, pairs, epoch: root.epoch)
        nodes.insert(node.node, count: 1, separator: id.milliseconds, after: &path)
    }

    /// Deletes an entry. Returns whether it was there.
    public func delete(_ id: StreamID) -> Bool {
        guard length > 0 else { return false }
        var path = path(toNodeOf: id)
        guard let entry = StreamNode(path.leaf).firstEntry(from: id), entry.id == id else {
            return false
        }
        if StreamNode(path.leaf).liveCount == 1 {
            removeNode(at: &path)
        } else {
            nodes.unshare(&path)
            let node = StreamNode(path.leaf)
            node.delete(StreamEntry(node, at: entry.position))
            nodes.addCount(-1, at: path)
        }
        maxDeletedID = max(maxDeletedID, id)
        if id == firstID || length == 0 { noteFirstID() }
        return true
    }

    private func removeNode(at path: inout LeafPath) {
        nodes.unshareAbove(&path)
        let node = path.leaf
        nodes.remove(at: &path)
        root.retire(node)
    }

    func noteFirstID() {
        var entries = StreamIterator(self)
        firstID = entries.next() ? entries.id : .min
    }

    /// Removes entries at the front.
    ///
    /// - Parameters:
    ///   - wholeNodes: whether only nodes are removed of which no entry is to be kept.
    ///   - limit: entries to remove at the most, where that is not 0; a node counts whole.
    /// - Returns: how many were removed.
    public func trim(_ rule: StreamTrim, wholeNodes: Bool, limit: Int) -> Int {
        let lengthBefore = length
        while !nodes.isEmpty {
            if case .length(let most) = rule, UInt64(length) <= most { break }
            var path = nodes.firstPath
            let node = StreamNode(path.leaf)
            let live = node.liveCount
            if limit > 0, lengthBefore - length + live > limit { break }
            let isWholeNode =
                switch rule {
                case .length(let most): UInt64(length - live) >= most
                case .minimum(let id): node.lastID < id
                }
            if isWholeNode {
                removeNode(at: &path)
                continue
            }
            if !wholeNodes { trimFirstNode(rule, &path) }
            break
        }
        let removed = lengthBefore - length
        if removed > 0 { noteFirstID() }
        return removed
    }

    /// Marks entries of the first node, of which some stay.
    private func trimFirstNode(_ rule: StreamTrim, _ path: inout LeafPath) {
        nodes.unshare(&path)
        let node = StreamNode(path.leaf)
        var position = node.firstPosition
        var deleted = 0
        while position < node.size {
            var entry = StreamEntry(node, at: position)
            switch rule {
            case .length(let most): if UInt64(length - deleted) <= most { position = .max }
            case .minimum(let id): if entry.id >= id { position = .max }
            }
            guard position < node.size else { break }
            position = entry.end()
            if !entry.isDeleted {
                node.delete(entry)
                deleted += 1
            }
        }
        nodes.addCount(-deleted, at: path)
    }

    /// Traps if the stream contradicts itself.
    public func checkInvariants() {
        var count = 0
        var last: StreamID?
        forEachNode { node in
            node.checkInvariants()
            if let last { precondition(last < node.masterID) }
            last = node.lastID
            count += node.liveCount
        }
        precondition(count == length)
        if let last { precondition(last <= lastID) }
        forEachGroup { $0.checkInvariants() }
    }
}
