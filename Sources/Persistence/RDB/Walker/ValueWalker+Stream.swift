import Bytes
import Keyspace
import Structures

/// Streams: nodes, counters, groups, and what is pending for their consumers.
extension ValueWalker {
    mutating func walkStream(_ type: RDBType, in input: inout RDBInput) throws(RDBError) {
        let nodes = try input.count(ofSizeAtLeast: 2)
        try walkStreamNodes(nodes, in: &input)
        let length = try input.number()
        try skipNumbers(2, in: &input)
        // First identifier, greatest deleted identifier, entries ever added.
        if type != .stream { try skipNumbers(5, in: &input) }
        if depth == .contents, length > 0, nodes == 0 {
            throw input.corrupt("Stream length inconsistent with rax entries")
        }
        var names = DistinctStrings()
        for _ in 0..<(try input.count(ofSizeAtLeast: 5)) {
            guard names.insert(try walkMember(in: &input)) else {
                throw input.corrupt("Duplicated consumer group name")
            }
            try walkGroup(type, in: &input)
        }
    }

    private mutating func walkStreamNodes(
        _ nodes: Int, in input: inout RDBInput
    ) throws(RDBError) {
        var last: StreamID?
        for _ in 0..<nodes {
            let name = try input.bytes(using: &scratch)
            guard name.count == 16 else {
                throw input.corrupt("Stream node key entry is not the size of a stream ID")
            }
            let master = StreamID(name)
            guard depth == .contents else {
                _ = try input.string()
                continue
            }
            guard let run = PackedRun.make(verifying: try input.bytes(using: &scratch)) else {
                throw input.corrupt("Stream listpack integrity check failed.")
            }
            defer { run.free() }
            guard last.map({ $0 < master }) ?? true else {
                throw input.corrupt("Listpack re-added with existing key")
            }
            do throws(DamagedEncoding) {
                last = try StreamNodeCheck.prove(run, of: master).last
            } catch {
                throw input.corrupt("Stream listpack integrity check failed.")
            }
        }
    }

    private func skipNumbers(_ count: Int, in input: inout RDBInput) throws(RDBError) {
        for _ in 0..<count { _ = try input.number() }
    }

    private mutating func walkGroup(
        _ type: RDBType, in input: inout RDBInput
    ) throws(RDBError) {
        try skipNumbers(type == .stream ? 2 : 3, in: &input)
        var pending: [StreamID: Bool] = [:]
        for _ in 0..<(try input.count(ofSizeAtLeast: 25)) {
            let identifier = StreamID(try input.take(16))
            _ = try input.littleEndian(Int64.self)
            _ = try input.number()
            guard depth == .contents else { continue }
            guard pending.updateValue(false, forKey: identifier) == nil else {
                throw input.corrupt(
                    "Duplicated global PEL entry loading stream consumer group")
            }
        }
        try walkConsumers(type, &pending, in: &input)
        guard pending.values.allSatisfy({ $0 }) else {
            throw input.corrupt("Stream CG PEL entry without consumer")
        }
    }

    private mutating func walkConsumers(
        _ type: RDBType, _ pending: inout [StreamID: Bool], in input: inout RDBInput
    ) throws(RDBError) {
        var names = DistinctStrings()
        for _ in 0..<(try input.count(ofSizeAtLeast: 10)) {
            guard names.insert(try walkMember(in: &input)) else {
                throw input.corrupt("Duplicate stream consumer detected")
            }
            _ = try input.littleEndian(Int64.self)
            if type == .streamWithActiveTimes { _ = try input.littleEndian(Int64.self) }
            for _ in 0..<(try input.count(ofSizeAtLeast: 16)) {
                let identifier = StreamID(try input.take(16))
                guard depth == .contents else { continue }
                guard let isTaken = pending.updateValue(true, forKey: identifier) else {
                    throw input.corrupt("Consumer entry not found in group global PEL")
                }
                guard !isTaken else {
                    throw input.corrupt("Duplicated consumer PEL entry loading a stream group")
                }
            }
        }
    }
}
