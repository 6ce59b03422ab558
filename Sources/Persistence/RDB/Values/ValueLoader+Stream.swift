import Bytes
import Keyspace
import Structures

/// Streams: nodes, counters, groups, and what is pending for their consumers.
extension ValueLoader {
    mutating func loadStream(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) -> StoredValue {
        let stream = Stream.make()
        do throws(RDBError) {
            let last = try loadNodes(of: stream, in: &input)
            try loadCounters(of: stream, type, last, in: &input)
            for _ in 0..<(try input.count(ofSizeAtLeast: 5)) {
                try loadGroup(of: stream, type, in: &input)
            }
        } catch {
            stream.value.free()
            throw error
        }
        return stream.value
    }

    /// - Returns: the greatest identifier of an entry, deleted ones included.
    private mutating func loadNodes(
        of stream: Stream, in input: inout RDBInput
    ) throws(RDBError) -> StreamID {
        var last = StreamID.min
        for index in 0..<(try input.count(ofSizeAtLeast: 2)) {
            let name = try input.bytes(using: &first)
            guard name.count == 16 else {
                throw input.corrupt("Stream node key entry is not the size of a stream ID")
            }
            let master = StreamID(name)
            let damage = "Stream listpack integrity check failed."
            let run = try listpack(in: &input, otherwise: damage)
            defer { run.free() }
            guard index == 0 || last < master else {
                throw input.corrupt("Listpack re-added with existing key")
            }
            let live: Int
            do throws(DamagedEncoding) {
                (live, last) = try StreamNodeCheck.prove(run, of: master)
            } catch {
                throw input.corrupt(damage)
            }
            // A node of deleted entries alone holds nothing that anybody could ask for.
            guard live > 0 else { continue }
            stream.append(
                StreamNode.make(
                    masterID: master, elements: run.elements, count: run.count,
                    epoch: stream.root.epoch))
        }
        return last
    }

    private func loadCounters(
        of stream: Stream, _ type: RDBType, _ last: StreamID, in input: inout RDBInput
    ) throws(RDBError) {
        // The entries are counted here; the number only has to be possible.
        guard try input.number() == 0 || stream.nodeCount > 0 else {
            throw input.corrupt("Stream length inconsistent with rax entries")
        }
        stream.lastID = max(try input.identifier(), last)
        stream.deriveFirstID()
        if type == .stream {
            stream.entriesAdded = UInt64(stream.length)
        } else {
            _ = try input.identifier()
            stream.maxDeletedID = try input.identifier()
            stream.entriesAdded = try input.number()
        }
    }

    // MARK: Groups

    /// What a group knows of an entry before its consumer is read.
    private typealias Deliveries = [StreamID: (time: Int64, count: UInt64)]

    private mutating func loadGroup(
        of stream: Stream, _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) {
        let name = try input.bytes(using: &first)
        guard stream.group(name) == nil else {
            throw input.corrupt("Duplicated consumer group name")
        }
        let lastID = try input.identifier()
        let entriesRead =
            type == .stream
            ? stream.estimatedDistance(to: lastID) : Int64(bitPattern: try input.number())
        let group = stream.addGroup(name, lastID: lastID, entriesRead: max(-1, entriesRead))
        var deliveries: Deliveries = [:]
        for _ in 0..<(try input.count(ofSizeAtLeast: 25)) {
            let identifier = StreamID(try input.take(16))
            let time = try input.littleEndian(Int64.self)
            let count = try input.number()
            guard deliveries.updateValue((time, count), forKey: identifier) == nil else {
                throw input.corrupt(
                    "Duplicated global PEL entry loading stream consumer group")
            }
        }
        for _ in 0..<(try input.count(ofSizeAtLeast: 10)) {
            try loadConsumer(of: group, type, &deliveries, in: &input)
        }
        guard deliveries.isEmpty else {
            throw input.corrupt("Stream CG PEL entry without consumer")
        }
    }

    private mutating func loadConsumer(
        of group: StreamGroup, _ type: RDBType, _ deliveries: inout Deliveries,
        in input: inout RDBInput
    ) throws(RDBError) {
        let name = try input.bytes(using: &first)
        guard group.consumer(name) == nil else {
            throw input.corrupt("Duplicate stream consumer detected")
        }
        let seen = try input.littleEndian(Int64.self)
        let consumer = group.addConsumer(name, now: seen)
        consumer.activeTime =
            type == .streamWithActiveTimes ? try input.littleEndian(Int64.self) : seen
        for _ in 0..<(try input.count(ofSizeAtLeast: 16)) {
            let identifier = StreamID(try input.take(16))
            guard let delivery = deliveries.removeValue(forKey: identifier) else {
                let isTwice = group.pendingEntry(identifier) != nil
                throw input.corrupt(
                    isTwice
                        ? "Duplicated consumer PEL entry loading a stream group"
                        : "Consumer entry not found in group global PEL")
            }
            group.setPending(
                PendingEntry(
                    id: identifier, deliveryTime: delivery.time, deliveryCount: delivery.count,
                    consumer: consumer.number))
        }
    }
}

extension Stream {
    /// How many entries of the stream a group has read that was delivered all up to an identifier,
    /// for files that do not say it; −1 when nobody knows.
    fileprivate func estimatedDistance(to identifier: StreamID) -> Int64 {
        if entriesAdded == 0 { return 0 }
        if identifier == lastID { return Int64(clamping: entriesAdded) }
        if identifier > lastID { return -1 }
        if length == 0 { return Int64(clamping: entriesAdded) }
        let before = Int64(clamping: entriesAdded) - Int64(length)
        if identifier < firstID { return before }
        return identifier == firstID ? before + 1 : -1
    }
}

extension RDBInput {
    /// An identifier as two length-coded numbers.
    mutating func identifier() throws(RDBError) -> StreamID {
        StreamID(milliseconds: try number(), sequence: try number())
    }
}
