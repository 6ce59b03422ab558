import Bytes
import Keyspace
import Platform

/// Turns entries into the bytes of a snapshot, on the data thread.
///
/// An entry is copied straight into a chunk; compressing, checksums and the disk are the other
/// thread's. `isFull` is to be asked before entries are saved; what is saved regardless is kept.
final class SnapshotWriter: SnapshotSink {
    private let queue: SnapshotQueue
    private let isOfCommands: Bool
    private let compresses: Bool
    private let usage: SnapshotPlan.Usage
    private let evictionClock: EvictionClock
    private var chunk = SnapshotChunk()
    private var database = -1
    private(set) var keysSaved = 0

    /// Who takes the chunks; nobody while the same thread does both.
    var worker: (any Worker)?

    /// - Parameter clock: what the marks of use in the entries mean.
    init(_ plan: SnapshotPlan, into queue: SnapshotQueue, clock: EvictionClock) {
        self.queue = queue
        self.isOfCommands = if case .commands = plan.content { true } else { false }
        self.compresses = plan.compresses
        self.usage = plan.usage
        self.evictionClock = clock
    }

    func save(_ entry: Entry, in database: Int) {
        if database != self.database { select(database) }
        if isOfCommands {
            chunk.bytes.appendRecords(of: entry)
        } else {
            appendRecord(of: entry)
        }
        keysSaved &+= 1
        if chunk.bytes.count >= SnapshotChunk.sizeTarget { handOver() }
    }

    private func handOver() {
        chunk = queue.exchange(chunk)
        worker?.wake()
    }

    private func select(_ database: Int) {
        self.database = database
        if isOfCommands {
            chunk.bytes.appendSelect(database)
        } else {
            chunk.bytes.append(RDBFormat.Opcode.selectDatabase)
            chunk.bytes.append(rdbLength: database)
        }
    }
}

// MARK: - RDB

extension SnapshotWriter {
    private func appendRecord(of entry: Entry) {
        if let deadline = entry.deadline {
            chunk.bytes.append(RDBFormat.Opcode.expiryMilliseconds)
            chunk.bytes.append(littleEndian: deadline)
        }
        appendUsage(of: entry)
        switch entry.type {
        case .string:
            chunk.bytes.append(RDBType.string.rawValue)
            appendString(entry.key)
            switch entry.string {
            case .integer(let value): chunk.bytes.append(rdbInteger: value)
            case .bytes(let text): appendString(text)
            }
        case .list, .set, .sortedSet, .hash, .stream:
            preconditionFailure("no entry has a type that cannot be saved")
        }
    }

    private func appendUsage(of entry: Entry) {
        switch usage {
        case .none: break
        case .idleSeconds:
            chunk.bytes.append(RDBFormat.Opcode.idleSeconds)
            chunk.bytes.append(
                rdbNumber: UInt64(max(0, evictionClock.idleSeconds(entry.clock))))
        case .frequency:
            chunk.bytes.append(RDBFormat.Opcode.frequency)
            chunk.bytes.append(UInt8(clamping: evictionClock.frequency(entry.clock)))
        }
    }

    /// Appends a string: an integer where its text is one, otherwise plain, noted for compression
    /// where that may follow.
    private func appendString(_ text: ByteSlice) {
        if text.count <= RDBStringForm.integerSizeMax, let value = text.integer,
            Int32(exactly: value) != nil
        {
            return chunk.bytes.append(rdbInteger: value)
        }
        if compresses, text.count > RDBStringForm.uncompressedSizeMax { chunk.noteString() }
        chunk.bytes.append(rdbPlain: text)
    }

    /// Appends what stands before the keys.
    func appendHead(_ plan: SnapshotPlan, of keyspace: Keyspace) {
        switch plan.content {
        case .rdb(let version):
            let digits = String(version)
            chunk.bytes.append("REDIS")
            chunk.bytes.append(repeating: 0x30, count: 4 - digits.utf8.count)
            chunk.bytes.append(text: digits)
            for field in plan.auxiliary {
                chunk.bytes.append(RDBFormat.Opcode.auxiliary)
                field.name.withSlice { appendUncompressed($0) }
                field.value.withSlice { appendUncompressed($0) }
            }
            for index in 0..<keyspace.databaseCount where !keyspace[index].isEmpty {
                select(index)
                chunk.bytes.append(RDBFormat.Opcode.tableSizes)
                chunk.bytes.append(rdbLength: keyspace[index].count)
                chunk.bytes.append(rdbLength: keyspace[index].countWithDeadline)
            }
        case .commands(let timestamp):
            if let timestamp { chunk.bytes.append(text: "#TS:\(timestamp)\r\n") }
        }
    }

    private func appendUncompressed(_ text: ByteSlice) {
        var scratch = ByteBuffer()
        chunk.bytes.append(rdbString: text, compressing: false, scratch: &scratch)
    }

    /// Appends what stands behind the keys, and hands the last chunk over.
    func complete() {
        if !isOfCommands { chunk.bytes.append(RDBFormat.Opcode.endOfFile) }
        queue.complete(with: chunk)
        worker?.wake()
    }
}
