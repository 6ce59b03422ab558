import Bytes
import Structures

// What is done with a stream as a whole: copying, measuring, and building one from a file.
extension Stream {
    /// Nodes or pending entries from which on a snapshot pins a stream instead of copying it.
    private static let largeNodeCount = 16
    private static let largePendingCount = 1024

    /// Whether a snapshot pins the stream instead of copying it.
    var isLarge: Bool {
        guard nodes.leafCount < Self.largeNodeCount else { return true }
        var pending = 0
        var size = 0
        forEachGroup { pending += $0.pendingCount + $0.consumerCount }
        forEachNode { size += $0.node.size }
        return pending >= Self.largePendingCount || size >= Self.largeNodeCount * 4096
    }

    /// The same stream in memory of its own.
    func copied() -> Stream {
        let copy = Stream.make()
        forEachNode { copy.append($0.fitted(epoch: copy.root.epoch)) }
        copy.lastID = lastID
        copy.firstID = firstID
        copy.maxDeletedID = maxDeletedID
        copy.entriesAdded = entriesAdded
        forEachGroup { group in
            let made = copy.addGroup(
                group.name, lastID: group.lastID, entriesRead: group.entriesRead)
            group.forEachConsumer { consumer in
                let added = made.addConsumer(consumer.name, now: consumer.seenTime)
                added.activeTime = consumer.activeTime
            }
            var entries = PendingIterator(group)
            while var entry = entries.next() {
                // The numbers of the copy have no gaps.
                guard let consumer = made.consumer(group.consumer(numbered: entry.consumer).name)
                else { preconditionFailure("all consumers were copied") }
                entry.consumer = consumer.number
                made.setPending(entry)
            }
        }
        return copy
    }

    /// Appends a node that was made aside, in the order of the master IDs. Counters stay.
    ///
    /// - Returns: false, and the node stays the caller's, when its master ID is not greater than
    ///   that of the last node.
    @discardableResult
    public func append(_ node: StreamNode) -> Bool {
        let separator = node.masterID.milliseconds
        guard !nodes.isEmpty else {
            nodes.insertFirst(node.node, count: node.liveCount, separator: separator)
            return true
        }
        var path = nodes.lastPath
        guard StreamNode(path.leaf).masterID < node.masterID else { return false }
        nodes.insert(node.node, count: node.liveCount, separator: separator, after: &path)
        return true
    }

    /// Finds out which is the first live entry, for files that do not say it.
    public func deriveFirstID() { noteFirstID() }

    /// Bytes that the allocator spends on the stream.
    var memoryUsage: Int {
        // Inner nodes are few beside the leaves: one for some dozens.
        var sum = root.node.memoryUsage
        forEachNode { sum += $0.node.memoryUsage }
        forEachGroup { group in
            sum += group.node.memoryUsage + group.pending.memoryUsage
            group.forEachConsumer { sum += $0.node.memoryUsage + $0.pending.memoryUsage }
        }
        return sum
    }
}

extension PendingTree {
    var memoryUsage: Int {
        guard !tree.isEmpty else { return 0 }
        var sum = 0
        var path = tree.firstPath
        repeat { sum += path.leaf.memoryUsage } while tree.moveToNext(&path)
        return sum
    }
}

extension StreamNode {
    /// A copy without room.
    func fitted(epoch: UInt32) -> StreamNode {
        var copy = StreamNode(node.copied(epoch: epoch))
        copy.fit()
        return copy
    }
}
