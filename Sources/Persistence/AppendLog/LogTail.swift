import Bytes
import Platform

/// The end of the append-only log, where records become durable.
///
/// A record passes three marks: appended (in our memory), written (it survives the death of the
/// process) and durable (it survives the loss of power); `durable <= written <= appended`. What is
/// not durable yet stays in `retained`, because a write or a sync that failed is final for its
/// file: the kernel may have dropped what it could not write, and a second sync would succeed
/// without it. Then the retained bytes are written to a fresh increment, see `LogTail+Healing`.
///
/// One thread uses it at a time; `LogHandOver` says which.
final class LogTail {
    var files: LogFiles
    /// The increment that is being written; nothing while the log is off.
    var file: (any File)?
    var entry: Manifest.Entry?
    /// What the next batch line of the file continues from.
    var checksum: UInt64
    /// Whether batches have lines.
    var hasLines: Bool
    /// Whether what is not durable is kept to be written again; not under `appendfsync no`.
    var isRetaining: Bool

    /// The end of what the file has taken.
    var written: LogMark
    var durable: LogOffset
    /// Where `retained` begins; what is before it needs no second writing.
    var kept: LogMark
    /// The records from `kept` on.
    var retained = RetainedRecords()
    /// The database that is selected behind `retained`.
    var endDatabase: Int?

    /// Bytes of the file up to the last batch line that ends it, or its head line.
    private var sealedSize: UInt64 = 0

    var failure: LogFailure?
    /// Files that failed, and how much of each counts.
    var abandoned: [(path: String, size: UInt64)] = []
    /// Whether only a write has failed: what the file took before it can still be synchronized.
    var isWriteFailure = false
    /// What has to be done to the files before anything can be written.
    private(set) var repair: LogRepair?
    /// Whether bytes before `kept` may be missing on the disk; only a new base can replace them.
    var hasHole = false
    /// Whether the increment is not listed yet, because the base that it needs is being written.
    var isCollecting = false
    /// Files that are written no more and wait to be closed where that may take its time.
    var retired: [any File] = []
    /// How long syncs have taken since the data thread last looked.
    var syncMicroseconds: Int64 = 0
    let clock: any Clock
    let notify: Notify

    init(
        files: LogFiles, at start: LogOffset, hasLines: Bool, isRetaining: Bool,
        clock: any Clock, notify: @escaping Notify
    ) {
        self.files = files
        self.hasLines = hasLines
        self.isRetaining = isRetaining
        self.clock = clock
        self.notify = notify
        checksum = 0
        written = LogMark(offset: start, fileSize: 0, database: nil)
        kept = written
        durable = start
    }

    func checkInvariants() {
        precondition(durable <= written.offset)
        precondition(kept.offset <= written.offset)
        precondition(failure != nil || kept.offset.advanced(by: retained.count) == written.offset)
    }

    /// Goes on in a file whose first `size` bytes are in place.
    func use(_ file: any File, _ entry: Manifest.Entry, size: UInt64, checksum: UInt64) {
        if let old = self.file { retired.append(old) }
        self.file = file
        self.entry = entry
        self.checksum = checksum
        written = LogMark(offset: written.offset, fileSize: size, database: nil)
        sealedSize = size
    }

    /// Goes on at a later place, when what is before it need not be in the log.
    func skip(to offset: LogOffset) {
        precondition(offset >= written.offset)
        precondition(file == nil)
        precondition(retained.isEmpty)
        written = LogMark(offset: offset, fileSize: 0, database: nil)
        kept = written
    }

    /// Writes a batch to the file, or keeps it for healing when that fails or has failed.
    func write(_ batch: inout LogBatch) {
        precondition(batch.end >= written.offset)
        guard !batch.isEmpty else { return }
        let isHealthy = failure == nil && writeToFile(&batch)
        if isHealthy && !isRetaining {
            kept = written
            retained.removeAll()
        } else {
            retained.append(batch.records)
        }
        endDatabase = batch.database
        batch.removeAll()
        checkInvariants()
    }

    private func writeToFile(_ batch: inout LogBatch) -> Bool {
        guard let file else { preconditionFailure("a log that is off is not written") }
        var next = checksum
        if batch.hasLine {
            next = batch.bytes.sealBatch(end: batch.end, durable: durable, previous: checksum)
        }
        var rest = batch.bytes.bytes
        do throws(IOError) {
            while !rest.isEmpty { rest = rest[try file.write(rest)...] }
        } catch {
            let size = batch.bytes.count
            let taken = size - rest.count
            notify(
                Notice(
                    .warning,
                    taken == 0
                        ? "Error writing to the AOF file: \(error.message)"
                        : "Short write while writing to the AOF file: "
                            + "(nwritten=\(taken), expected=\(size)): \(error.message)"))
            fail(error)
            isWriteFailure = true
            return false
        }
        checksum = next
        written = LogMark(
            offset: batch.end, fileSize: written.fileSize + UInt64(batch.bytes.count),
            database: batch.database)
        return true
    }

    /// Forces what was written to the disk.
    func synchronize() {
        guard let file, failure == nil, durable < written.offset else { return }
        let start = clock.monotonicMicroseconds
        defer { syncMicroseconds += clock.monotonicMicroseconds - start }
        do throws(IOError) {
            try file.synchronize()
            didSynchronize(upTo: written)
        } catch {
            didFailToSynchronize(error)
        }
    }

    /// Ends what was synchronized with a batch line that says so: what is damaged later in the last
    /// batch is then not taken for a tail that was torn.
    func seal() {
        synchronize()
        guard hasLines, failure == nil, !hasHole, durable == written.offset else { return }
        guard let file, written.fileSize > sealedSize else { return }
        var seal = LogBatch()
        seal.hasLine = true
        seal.end = written.offset
        seal.database = endDatabase
        seal.bytes.appendBatchLinePlace()
        write(&seal)
        guard failure == nil else { return }
        do throws(IOError) {
            try file.synchronize()
            sealedSize = written.fileSize
        } catch {
            didFailToSynchronize(error)
        }
    }

    /// Takes note that everything up to a mark in the current file is on the disk.
    func didSynchronize(upTo mark: LogMark) {
        precondition(failure == nil)
        precondition(mark.offset <= written.offset)
        if mark.offset > durable, !hasHole { durable = mark.offset }
        if mark.offset > kept.offset {
            retained.removeFirst(mark.offset.distance(from: kept.offset))
            kept = mark
        }
        checkInvariants()
    }

    func didFailToSynchronize(_ error: IOError) {
        notify(Notice(.warning, "Fail to fsync the AOF file: \(error.message)"))
        if kept.offset > durable { hasHole = true }
        isWriteFailure = false
        if failure == nil { fail(error) }
    }

    /// Takes note that the files have to be put in order before anything can be written.
    func wait(for repair: LogRepair) {
        precondition(file == nil)
        self.repair = repair
        failure = LogFailure(
            error: repair.error, sinceMilliseconds: clock.wallMilliseconds, failedAttempts: 1,
            lastError: repair.error)
    }

    /// Puts the files in order, if that has not been possible so far.
    func performRepair() throws(IOError) {
        guard let repair else { return }
        let recovered = try repair.perform()
        files = LogFiles(
            files.fileSystem, directory: files.directory, names: files.names,
            manifest: recovered.manifest, sizes: recovered.sizes)
        self.repair = nil
    }

    /// Gives the file up.
    func fail(_ error: IOError) {
        failure = LogFailure(
            error: error, sinceMilliseconds: clock.wallMilliseconds, lastError: error)
        if let entry { abandoned.append((files.path(entry.name), kept.fileSize)) }
    }
}
