import Bytes
import Configuration
import Platform

/// The append-only log as the data thread sees it: records go in at the end of each command, and at
/// the end of each turn of the event loop they are on their way to the disk.
///
/// A record passes three marks, `durable <= written <= appended`, and a client hears its reply when
/// `promised` has passed its record. The files belong to `LogTail`, which the data thread uses when
/// that is quicker and otherwise passes to the log thread; see `AppendLog+Turn`. Nothing here ever
/// waits for the disk except what says so.
///
/// The object belongs to the data thread.
public final class AppendLog {
    public enum Phase: Equatable, Sendable {
        case off
        /// Switched on, and waiting for the base without which the records mean nothing.
        case collecting
        case on
    }

    /// What the log is configured to do; a change takes effect with the next turn.
    public var settings: AppendOnlySettings
    public internal(set) var phase = Phase.off
    public internal(set) var health = LogHealth.healthy

    /// The end of what was appended.
    public internal(set) var appended: LogOffset
    /// The end of what survives the death of the process.
    public internal(set) var written: LogOffset
    /// The end of what survives the loss of power.
    public internal(set) var durable: LogOffset

    /// What was appended since the log's tail was last given away.
    var pending = LogBatch()
    /// The database that a reader has selected behind `pending`; -1 when it must be told anew.
    var selectedDatabase = -1
    var isInGroup = false
    /// The last second that a time line has told.
    var toldSecond: Int64 = 0

    var progress = LogProgress()
    var rewrite = LogRewrite()
    var events: [AppendLogEvent] = []
    /// What `open` goes on with.
    var reopening: RecoveredLog?
    let handOver: LogHandOver
    let fileWorker: FileWorker
    let logWorker: LogWorker
    let fileThread: any Worker
    let logThread: any Worker
    let clock: any Clock
    let notify: Notify

    /// - Parameters:
    ///   - recovered: what the judge's verdict left on the disk; the log is off until `open`.
    ///   - wake: ends the data thread's waiting; called from other threads.
    public init(
        _ world: World, settings: AppendOnlySettings, recovered: RecoveredLog,
        wake: @escaping @Sendable () -> Void, notify: @escaping Notify
    ) {
        self.settings = settings
        self.clock = world.clock
        self.notify = notify
        let files = LogFiles(
            world.fileSystem, directory: recovered.directory,
            names: AppendLogNames(stem: settings.filename), manifest: recovered.manifest,
            sizes: recovered.sizes)
        let tail = LogTail(
            files: files, at: recovered.end, hasLines: settings.hasChecksum,
            isRetaining: settings.fsync != .no, clock: world.clock, notify: notify)
        appended = recovered.end
        written = recovered.end
        durable = recovered.end
        progress.kept = recovered.end
        progress.sizeAfterRewrite = files.baseSize
        handOver = LogHandOver(tail: tail, clock: world.clock)
        logWorker = LogWorker(handOver, wakeDataThread: wake)
        fileWorker = FileWorker(world.fileSystem, notify: notify, wakeDataThread: wake)
        logThread = world.threads.start("log", logWorker)
        fileThread = world.threads.start("files", fileWorker)
        progress.closedSize = files.closedSize
        reopening = recovered
    }

    /// Appends a record and returns the place behind it.
    ///
    /// - Parameter record: a command in the form of a client's request; see `ByteBuffer+Record`.
    public func append(_ record: ByteSlice, database: Int) -> LogOffset {
        precondition(phase != .off)
        if pending.isEmpty { beginBatch() }
        if database != selectedDatabase { select(database) }
        pending.bytes.append(record)
        appended = appended.advanced(by: record.count)
        return appended
    }

    /// Opens a group: what is appended up to `endGroup` is replayed as a whole or not at all.
    ///
    /// - Parameter database: of the group's first record, selected before the group as Redis does.
    public func beginGroup(database: Int) {
        precondition(phase != .off)
        precondition(!isInGroup)
        if pending.isEmpty { beginBatch() }
        if database != selectedDatabase { select(database) }
        appendOwn("*1\r\n$5\r\nMULTI\r\n")
        isInGroup = true
    }

    /// Closes a group and returns the place behind it.
    public func endGroup() -> LogOffset {
        precondition(isInGroup)
        appendOwn("*1\r\n$4\r\nEXEC\r\n")
        isInGroup = false
        return appended
    }

    private func appendOwn(_ record: StaticString) {
        let record = ByteSlice(record)
        pending.bytes.append(record)
        appended = appended.advanced(by: record.count)
    }

    private func select(_ database: Int) {
        let size = pending.bytes.count
        pending.bytes.appendSelect(database)
        appended = appended.advanced(by: pending.bytes.count - size)
        selectedDatabase = database
    }

    private func beginBatch() {
        precondition(!isInGroup)
        if settings.hasChecksum {
            pending.bytes.appendBatchLinePlace()
            pending.hasLine = true
        }
        progress.pendingSince = clock.monotonicMicroseconds
        if settings.hasTimestamps { tellTime() }
    }

    /// Writes the line that tells the time of what follows, once a second.
    private func tellTime() {
        let second = clock.wallSeconds
        guard second > toldSecond else { return }
        toldSecond = second
        let size = pending.bytes.count
        pending.bytes.append(ByteSlice("#TS:"))
        pending.bytes.append(decimal: second)
        pending.bytes.appendLineEnd()
        appended = appended.advanced(by: pending.bytes.count - size)
    }
}
