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
    private let version: Int
    private let compresses: Bool
    private let usage: SnapshotPlan.Usage
    private let evictionClock: EvictionClock
    // What goes into the next chunk stands here, where an append reaches it without counting
    // references, and is exchanged for the contents of an empty chunk.
    private var content = ValueBuffer(capacity: SnapshotChunk.capacity)
    private var database = -1
    private(set) var keysSaved = 0

    /// Who takes the chunks; nobody while the same thread does both.
    var worker: (any Worker)?

    /// - Parameter clock: what the marks of use in the entries mean.
    init(_ plan: SnapshotPlan, into queue: SnapshotQueue, clock: EvictionClock) {
        self.queue = queue
        switch plan.content {
        case .rdb(let version): (isOfCommands, self.version) = (false, version)
        case .commands: (isOfCommands, version) = (true, RDBFormat.currentVersion)
        }
        self.compresses = plan.compresses
        self.usage = plan.usage
        self.evictionClock = clock
    }

    /// Bytes that have been serialised and are not in a chunk yet.
    var serialisedBytes: Int { content.count }

    func save(_ entry: Entry, in database: Int) {
        if database != self.database { select(database) }
        if let pinned = entry.pinValue(stringSizeMin: Self.pinnedSizeMin) {
            handOver(entry, with: pinned)
        } else if isOfCommands {
            content.bytes.appendRecords(of: entry)
        } else {
            appendRecord(of: entry)
        }
        keysSaved &+= 1
        if content.count >= SnapshotChunk.sizeTarget { handOver() }
    }

    /// Ends the chunk with a large value.
    private func handOver(_ entry: Entry, with pinned: PinnedValue) {
        let form: SnapshotTail.Form
        if isOfCommands {
            form = .records(key: ByteString(entry.key))
            if entry.type == .string {
                content.bytes.appendRecordHead(
                    ofSetting: entry.key, toStringOfSize: pinned.bytes.count)
            }
        } else {
            form = .rdb(version: version)
            appendRecordHead(of: entry)
        }
        let chunk = chunk()
        chunk.tail = SnapshotTail(pinned: pinned, form: form)
        queue.append(chunk)
        worker?.wake()
        if isOfCommands { content.bytes.appendRecordEnd(of: entry) }
    }

    private func handOver() {
        queue.append(chunk())
        worker?.wake()
    }

    private func chunk() -> SnapshotChunk {
        let chunk = queue.emptyChunk()
        swap(&chunk.content, &content)
        return chunk
    }

    private func select(_ database: Int) {
        self.database = database
        if isOfCommands {
            content.bytes.appendSelect(database)
        } else {
            content.bytes.append(RDBFormat.Opcode.selectDatabase)
            content.bytes.append(rdbLength: database)
        }
    }
}

// MARK: - RDB

extension SnapshotWriter {
    /// Appends all that stands before a value.
    private func appendRecordHead(of entry: Entry) {
        if let deadline = entry.deadline {
            content.bytes.append(RDBFormat.Opcode.expiryMilliseconds)
            content.bytes.append(littleEndian: deadline)
        }
        appendUsage(of: entry)
        content.bytes.append(RDBType(of: entry, version: version).rawValue)
        content.append(string: entry.key, compressing: compresses)
    }

    private func appendRecord(of entry: Entry) {
        appendRecordHead(of: entry)
        content.append(valueOf: entry, version: version, compressing: compresses)
    }

    private func appendUsage(of entry: Entry) {
        switch usage {
        case .none: break
        case .idleSeconds:
            content.bytes.append(RDBFormat.Opcode.idleSeconds)
            content.bytes.append(
                rdbNumber: UInt64(max(0, evictionClock.idleSeconds(entry.clock))))
        case .frequency:
            content.bytes.append(RDBFormat.Opcode.frequency)
            content.bytes.append(UInt8(clamping: evictionClock.frequency(entry.clock)))
        }
    }

    /// Appends what stands before the keys.
    func appendHead(_ plan: SnapshotPlan, of keyspace: Keyspace) {
        switch plan.content {
        case .rdb(let version):
            let digits = String(version)
            content.bytes.append("REDIS")
            content.bytes.append(repeating: 0x30, count: 4 - digits.utf8.count)
            content.bytes.append(text: digits)
            for field in plan.auxiliary {
                content.bytes.append(RDBFormat.Opcode.auxiliary)
                field.name.withSlice { appendUncompressed($0) }
                field.value.withSlice { appendUncompressed($0) }
            }
            for code in plan.functionLibraries {
                content.bytes.append(functionLibrary: code, compressing: compresses)
            }
            for index in 0..<keyspace.databaseCount where !keyspace[index].isEmpty {
                select(index)
                content.bytes.append(RDBFormat.Opcode.tableSizes)
                content.bytes.append(rdbLength: keyspace[index].count)
                content.bytes.append(rdbLength: keyspace[index].countWithDeadline)
            }
        case .commands(let timestamp):
            if let timestamp { content.bytes.append(text: "#TS:\(timestamp)\r\n") }
            for code in plan.functionLibraries {
                content.bytes.appendRecordHead(argumentCount: 3)
                content.bytes.appendRecordArgument("FUNCTION")
                content.bytes.appendRecordArgument("LOAD")
                code.withSlice { content.bytes.appendRecordArgument($0) }
            }
        }
    }

    private func appendUncompressed(_ text: ByteSlice) {
        var scratch = ByteBuffer()
        content.bytes.append(rdbString: text, compressing: false, scratch: &scratch)
    }

    /// Appends what stands behind the keys, and hands the last chunk over.
    func complete() {
        if !isOfCommands { content.bytes.append(RDBFormat.Opcode.endOfFile) }
        queue.complete(with: chunk())
        worker?.wake()
    }
}
