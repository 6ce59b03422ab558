import Bytes
import Keyspace
import Platform

/// Writes a snapshot's file on a thread of its own: compresses, checksums, writes, synchronizes,
/// reads back, publishes.
///
/// Each step is one chunk or one call that may take long. Nothing is published before the file has
/// been synchronized and read back with the checksum that was computed while it was written; what
/// fails or is cancelled leaves no file behind.
final class SnapshotFile: Steppable, @unchecked Sendable {
    private enum Phase {
        case opening
        case writing
        case synchronizing
        case readingBack
        case publishing
    }

    /// The kernel is asked to begin writing after so many bytes, so that the last sync is short.
    private static let syncInterval: UInt64 = 4 << 20
    private static let readSize = 256 << 10
    private static let tailPartSize = 1 << 20

    private let plan: SnapshotPlan
    private let fileSystem: any FileSystem
    private let queue: SnapshotQueue
    private let onNews: @Sendable () -> Void

    private var phase = Phase.opening
    private var file: (any File)?
    private var chunk: SnapshotChunk?
    private var output = ByteBuffer()
    private var compressor = StringCompressor()
    private var checksum = CRC64()
    private var size: UInt64 = 0
    private var writebackStart: UInt64 = 0
    private var checksumRead = CRC64()
    private var sizeRead: UInt64 = 0

    /// - Parameter onNews: called on this thread when there is an outcome, and when a full queue
    /// has
    ///   room again.
    init(
        _ plan: SnapshotPlan, on fileSystem: any FileSystem, from queue: SnapshotQueue,
        onNews: @escaping @Sendable () -> Void
    ) {
        self.plan = plan
        self.fileSystem = fileSystem
        self.queue = queue
        self.onNews = onNews
    }

    func step() -> Step {
        do throws(SnapshotFailure) {
            return try proceed()
        } catch {
            abandon()
            return conclude(.failure(error))
        }
    }

    private func proceed() throws(SnapshotFailure) -> Step {
        switch phase {
        case .opening:
            try open()
            phase = .writing
            return .again
        case .writing:
            switch queue.next() {
            case .chunk(let chunk):
                self.chunk = chunk
                try write(chunk)
                self.chunk = nil
                if queue.recycle(chunk) { onNews() }
            case .wait: return .idle
            case .cancel: throw .cancelled
            case .finish:
                try writeFooter()
                phase = .synchronizing
            }
            return .again
        case .synchronizing:
            try synchronize()
            phase = .readingBack
            return .again
        case .readingBack:
            if queue.isCancelled { throw .cancelled }
            if try !readBack() { phase = .publishing }
            return .again
        case .publishing:
            if queue.isCancelled { throw .cancelled }
            try publish()
            return conclude(.success(SnapshotResult(size: size, checksum: checksum.value)))
        }
    }

    private func conclude(_ outcome: Result<SnapshotResult, SnapshotFailure>) -> Step {
        queue.finish(outcome, abandoning: chunk)
        chunk = nil
        onNews()
        return .finished
    }

    /// Leaves nothing behind.
    private func abandon() {
        guard let file else { return }
        file.close()
        self.file = nil
        try? fileSystem.removeIfPresent(plan.temporaryPath)
    }
}

// MARK: - The phases

extension SnapshotFile {
    private func open() throws(SnapshotFailure) {
        do throws(IOError) {
            file = try fileSystem.open(plan.temporaryPath, .replace)
        } catch {
            throw .opening(error)
        }
    }

    private func write(_ chunk: SnapshotChunk) throws(SnapshotFailure) {
        try write(chunk.content)
        guard let tail = chunk.tail else { return }
        let value = tail.pinned.value
        switch tail.form {
        case .rdb where value.type == .string:
            try write(tail.pinned.bytes, asRDBString: true)
        case .records where value.type == .string:
            try write(tail.pinned.bytes, asRDBString: false)
        case .rdb(let version):
            var writer = ValueWriter(value, version: version, compressing: plan.compresses)
            try writeParts { writer.append(to: &$0, size: Self.tailPartSize) }
        case .records(let key):
            try key.withSlice { key throws(SnapshotFailure) in
                var writer = RecordWriter(value, key: key)
                try writeParts { writer.append(to: &$0.bytes, size: Self.tailPartSize) }
            }
        }
    }

    private func write(_ content: borrowing ValueBuffer) throws(SnapshotFailure) {
        output.removeAll()
        let isCompressed = compressor.append(content, to: &output)
        try write(isCompressed ? output.bytes : content.bytes.bytes)
    }

    /// Writes a large collection a bounded part at a time.
    ///
    /// - Parameter append: appends the next part, and returns whether there is more.
    private func writeParts(
        _ append: (inout ValueBuffer) -> Bool
    ) throws(SnapshotFailure) {
        var part = ValueBuffer()
        while true {
            let isMore = append(&part)
            try write(part)
            guard isMore else { return }
            if queue.isCancelled { throw .cancelled }
            part.removeAll()
        }
    }

    /// Writes a large string from where it lies, unless it can be compressed.
    private func write(_ tail: ByteSlice, asRDBString: Bool) throws(SnapshotFailure) {
        if asRDBString {
            output.removeAll()
            if plan.compresses, compressor.append(compressing: tail, to: &output) {
                try write(output.bytes)
                // What a large string needed is not kept for small ones.
                return output.removeAllAndFree()
            }
            output.append(rdbLength: tail.count)
            try write(output.bytes)
        }
        var rest = tail
        while !rest.isEmpty {
            let part = rest[..<min(rest.count, Self.tailPartSize)]
            try write(part)
            rest = rest[part.count...]
        }
    }

    private func write(_ bytes: ByteSlice) throws(SnapshotFailure) {
        guard let file else { preconditionFailure("a snapshot is written after it is opened") }
        checksum.update(bytes)
        do throws(IOError) {
            try file.writeAll(bytes)
        } catch {
            throw .writing(error)
        }
        size += UInt64(bytes.count)
        if plan.syncsIncrementally, size - writebackStart >= Self.syncInterval {
            file.startWriteback(from: writebackStart, count: size - writebackStart)
            writebackStart = size
        }
    }

    /// Ends an RDB file. The opcode of the end came with the last chunk.
    private func writeFooter() throws(SnapshotFailure) {
        guard case .rdb = plan.content else { return }
        var footer = ByteBuffer(capacity: RDBFormat.footerSize)
        footer.append(littleEndian: plan.checksums ? checksum.value : 0)
        try write(footer.bytes)
    }

    private func synchronize() throws(SnapshotFailure) {
        guard let file else { preconditionFailure("a snapshot is synchronized while it is open") }
        do throws(IOError) {
            try file.synchronize()
        } catch {
            throw .synchronizing(error)
        }
        // What is read back is to come from the disk, not from the memory that it was written from.
        file.dropCached(from: 0, count: size)
        file.close()
        self.file = nil
        do throws(IOError) {
            self.file = try fileSystem.open(plan.temporaryPath, .read)
        } catch {
            try? fileSystem.removeIfPresent(plan.temporaryPath)
            throw .readingBack(error)
        }
    }

    /// Reads the next part back. Returns false after the end, once everything has proved equal.
    private func readBack() throws(SnapshotFailure) -> Bool {
        guard let file else { preconditionFailure("a snapshot is read back while it is open") }
        output.removeAll()
        let count: Int
        do throws(IOError) {
            count = try file.read(into: &output, upTo: Self.readSize, at: sizeRead)
        } catch {
            throw .readingBack(error)
        }
        guard count == 0 else {
            checksumRead.update(output.bytes)
            sizeRead += UInt64(count)
            return true
        }
        guard sizeRead == size, checksumRead == checksum else {
            throw .differs(
                size: size, sizeRead: sizeRead, checksum: checksum.value,
                checksumRead: checksumRead.value)
        }
        file.dropCached(from: 0, count: size)
        return false
    }

    private func publish() throws(SnapshotFailure) {
        file?.close()
        file = nil
        guard let path = plan.publishedPath else { return }
        do throws(IOError) {
            try fileSystem.publish(temporary: plan.temporaryPath, as: path)
        } catch {
            throw .publishing(error)
        }
    }
}
