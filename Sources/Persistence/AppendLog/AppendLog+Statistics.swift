// Figures for INFO, for the rewrite trigger and for limits.

import Bytes
import Configuration
import Platform

extension AppendLog {
    /// Bytes of all files of the log.
    public var currentSize: UInt64 { progress.closedSize + progress.tailSize }

    /// The listed files and how much of each is there for good, to be read again; nothing while
    /// that is being changed.
    public var scrubFiles: [ScrubFile]? {
        guard phase == .on, health == .healthy, handOver.isHome, !isRewriting else { return nil }
        let tail = handOver.tail
        return tail.files.manifest.loadedEntries.compactMap { entry in
            let size = entry == tail.entry ? tail.kept.fileSize : tail.files.size(of: entry.name)
            guard let size else { return nil }
            return ScrubFile(
                name: entry.name, path: tail.files.path(entry.name),
                isRDB: entry.kind == .base && entry.name.hasSuffix(".rdb"),
                sequence: entry.sequence, size: size)
        }
    }

    /// Whether a file of that name is listed; nothing while the list is being changed.
    public func lists(_ name: String) -> Bool? {
        guard handOver.isHome else { return nil }
        return handOver.tail.files.manifest.loadedEntries.contains { $0.name == name }
    }

    /// The size that growth is measured against.
    public var sizeAfterRewrite: UInt64 { progress.sizeAfterRewrite }

    /// Bytes that the kernel has not yet been given.
    public var bufferedBytes: Int { pending.bytes.count + progress.givenBytes }

    /// Bytes of memory that records on their way to the disk take, and the room kept for more.
    public var bufferSize: Int {
        guard handOver.isHome else {
            return pending.bytes.capacity + progress.givenBytes + progress.heldSize
        }
        return pending.bytes.capacity + handOver.batch.bytes.capacity
            + handOver.tail.retained.size
    }

    /// Syncs beside the writing that are under way: 0 or 1.
    public var pendingSyncs: Int { progress.syncStart == nil ? 0 : 1 }

    /// Writes that went ahead although a sync had been under way for more than two seconds.
    public var delayedSyncs: UInt64 { progress.delayedSyncs }

    /// The longest write and the longest sync of a commit since this was last asked.
    public func takeLongest() -> LogDurations {
        defer { progress.longest = LogDurations() }
        return progress.longest
    }

    /// Bytes that the loss of power could take back.
    public var unsyncedBytes: Int { appended.distance(from: durable) }

    /// The age of the oldest of them in microseconds; 0 when there is none.
    public var unsyncedMicroseconds: Int64 {
        guard let since = progress.unsyncedSince ?? progress.pendingSince else { return 0 }
        return max(0, clock.monotonicMicroseconds - since)
    }

    /// Whether so much waits for the disk that no more writes should be executed for the moment.
    public var isOverLimit: Bool {
        settings.unsyncedLimit > 0
            && appended.distance(from: progress.kept) > settings.unsyncedLimit
    }

    /// Whether the log has been trying to heal for longer than `aof-heal-timeout`.
    public var hasHealTimedOut: Bool {
        guard let since = progress.failedSince else { return false }
        return clock.monotonicMicroseconds - since > Int64(settings.healTimeout) * Self.second
    }
}
