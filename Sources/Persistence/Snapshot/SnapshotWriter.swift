import Bytes
import Keyspace
import Platform

/// Turns entries into the bytes of a snapshot, on the data thread.
///
/// An entry is copied straight into a chunk; compressing, checksums and the disk are the other
/// thread's. `isFull` is to be asked before entries are saved; what is saved regardless is kept.
final class SnapshotWriter: SnapshotSink {
    /// Strings of this size and more are not copied: the other thread reads them where they lie.
    private static let pinnedSizeMin = 64 << 10

    private let queue: SnapshotQueue
    private let isOfCommands: Bool
    private let compresses: Bool
    private let usage: SnapshotPlan.Usage
    private let evictionClock: EvictionClock
    // What goes into the next chunk stands here, where an append reaches it without counting
    // references, and is exchanged for the contents of an empty chunk.
    private var bytes = ByteBuffer(capacity: SnapshotChunk.capacity)
    private var strings: [Int] = []
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
        if let tail = entry.pinValue(stringSizeMin: Self.pinnedSizeMin) {
            handOver(entry, with: tail)
        } else if isOfCommands {
            bytes.appendRecords(of: entry)
        } else {
            appendRecord(of: entry)
        }
        keysSaved &+= 1
        if bytes.count >= SnapshotChunk.sizeTarget { handOver() }
    }

    /// Ends the chunk with a large string.
    private func handOver(_ entry: Entry, with tail: PinnedValue) {
        if isOfCommands {
            bytes.appendRecordHead(ofSetting: entry.key, toStringOfSize: tail.bytes.count)
        } else {
            appendRecordHead(of: entry)
        }
        let chunk = chunk()
        chunk.tail = tail
        chunk.tailIsRDBString = !isOfCommands
        queue.append(chunk)
        worker?.wake()
        if isOfCommands { bytes.appendRecordEnd(of: entry) }
    }

    private func handOver() {
        queue.append(chunk())
        worker?.wake()
    }

    private func chunk() -> SnapshotChunk {
        let chunk = queue.emptyChunk()
        swap(&chunk.bytes, &bytes)
        swap(&chunk.strings, &strings)
        return chunk
    }

    private func select(_ database: Int) {
        self.database = database
        if isOfCommands {
            bytes.appendSelect(database)
        } else {
            bytes.append(RDBFormat.Opcode.selectDatabase)
            bytes.append(rdbLength: database)
        }
    }
}

// MARK: - RDB

extension SnapshotWriter {
    /// Appends all that stands before a value.
    private func appendRecordHead(of entry: Entry) {
        if let deadline = entry.deadline {
            bytes.append(RDBFormat.Opcode.expiryMilliseconds)
            bytes.append(littleEndian: deadline)
        }
        appendUsage(of: entry)
        bytes.append(rdbType(of: entry).rawValue)
        appendString(entry.key)
    }

    private func rdbType(of entry: Entry) -> RDBType {
        switch entry.type {
        case .string: .string
        case .list, .set, .sortedSet, .hash, .stream:
            preconditionFailure("no entry has a type that cannot be saved")
        }
    }

    private func appendRecord(of entry: Entry) {
        appendRecordHead(of: entry)
        switch entry.type {
        case .string:
            switch entry.string {
            case .integer(let value): bytes.append(rdbInteger: value)
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
            bytes.append(RDBFormat.Opcode.idleSeconds)
            bytes.append(
                rdbNumber: UInt64(max(0, evictionClock.idleSeconds(entry.clock))))
        case .frequency:
            bytes.append(RDBFormat.Opcode.frequency)
            bytes.append(UInt8(clamping: evictionClock.frequency(entry.clock)))
        }
    }

    /// Appends a string: an integer where its text is one, otherwise plain, noted for compression
    /// where that may follow.
    private func appendString(_ text: ByteSlice) {
        if text.count <= RDBStringForm.integerSizeMax, let value = text.integer,
            Int32(exactly: value) != nil
        {
            return bytes.append(rdbInteger: value)
        }
        if compresses, text.count > RDBStringForm.uncompressedSizeMax {
            strings.append(bytes.count)
        }
        bytes.append(rdbPlain: text)
    }

    /// Appends what stands before the keys.
    func appendHead(_ plan: SnapshotPlan, of keyspace: Keyspace) {
        switch plan.content {
        case .rdb(let version):
            let digits = String(version)
            bytes.append("REDIS")
            bytes.append(repeating: 0x30, count: 4 - digits.utf8.count)
            bytes.append(text: digits)
            for field in plan.auxiliary {
                bytes.append(RDBFormat.Opcode.auxiliary)
                field.name.withSlice { appendUncompressed($0) }
                field.value.withSlice { appendUncompressed($0) }
            }
            for index in 0..<keyspace.databaseCount where !keyspace[index].isEmpty {
                select(index)
                bytes.append(RDBFormat.Opcode.tableSizes)
                bytes.append(rdbLength: keyspace[index].count)
                bytes.append(rdbLength: keyspace[index].countWithDeadline)
            }
        case .commands(let timestamp):
            if let timestamp { bytes.append(text: "#TS:\(timestamp)\r\n") }
        }
    }

    private func appendUncompressed(_ text: ByteSlice) {
        var scratch = ByteBuffer()
        bytes.append(rdbString: text, compressing: false, scratch: &scratch)
    }

    /// Appends what stands behind the keys, and hands the last chunk over.
    func complete() {
        if !isOfCommands { bytes.append(RDBFormat.Opcode.endOfFile) }
        queue.complete(with: chunk())
        worker?.wake()
    }
}
