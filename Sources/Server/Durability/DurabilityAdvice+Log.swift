import Bytes
import Configuration
import Persistence
import Platform

// The log: does it take what it is given, how far is it behind, can it be rewritten?
extension DurabilityAdvice {
    static let logJudgements: [@Sendable (DurabilityFacts) -> DurabilityAdvice?] = [
        failingLog, lateSync, neverSynced, failingRewrites,
    ]

    @Sendable static func failingLog(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard let failure = facts.log.failure else { return nil }
        let error = failure.lastError
        return DurabilityAdvice(
            weight: .danger, subject: "log",
            text: "the append-only log cannot be written (\(error)), and writes are refused. "
                + "\(facts.log.unsyncedBytes) bytes are in memory only.",
            remedy: error.isNoSpace
                ? "Make room on its file system; it heals by itself within a second."
                : "Look at the disk and at the kernel's messages. It is tried again every second; "
                    + "what waits is written to a new file as soon as one takes it.")
    }

    /// Under `everysec`, beyond which age of the oldest unsynced byte the disk is too slow.
    static let lateMilliseconds: Int64 = 2000

    @Sendable static func lateSync(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.log.state == "healthy", facts.settings.appendOnly.fsync != .no,
            facts.log.unsyncedMilliseconds > lateMilliseconds
        else { return nil }
        return DurabilityAdvice(
            weight: .danger, subject: "unsynced",
            text:
                "\(facts.log.unsyncedBytes) bytes of writes would be lost with the power now, the "
                + "oldest \(facts.log.unsyncedMilliseconds) ms old, which is longer than "
                + "appendfsync \(facts.settings.appendOnly.fsync.rawValue) means.",
            remedy: "The disk is slower than the writes: see what else uses it (LATENCY LATEST), "
                + "or write less.")
    }

    @Sendable static func neverSynced(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.log.state == "healthy", facts.settings.appendOnly.fsync == .no,
            facts.log.unsyncedBytes > 0
        else { return nil }
        return DurabilityAdvice(
            weight: facts.carefulCalls > 0 ? .warning : .note, subject: "appendfsync",
            text: "under appendfsync no, \(facts.log.unsyncedBytes) bytes of writes would be lost "
                + "with the power now, the oldest \(facts.log.unsyncedMilliseconds / 1000) s old"
                + (facts.carefulCalls > 0
                    ? ", although clients use EXEC or WAITAOF (\(facts.carefulCalls) calls) and "
                        + "seem to count on their writes." : "."),
            remedy: "'CONFIG SET appendfsync everysec' bounds that to about a second, 'always' to "
                + "nothing.")
    }

    @Sendable static func failingRewrites(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.log.isEnabled, !facts.log.lastRewriteSucceeded else { return nil }
        let failures = facts.log.rewriteFailures
        return DurabilityAdvice(
            weight: .warning, subject: "rewrite",
            text: "the last rewrite of the log failed"
                + (failures > 1 ? " (\(failures) in a row)" : "")
                + "; nothing is lost, but the log goes on growing: it has "
                + "\(MemorySize.human(facts.log.size)).",
            remedy: "The server's log says why. Remove the cause, then BGREWRITEAOF.")
    }
}
