import Bytes
import Configuration
import Persistence
import Platform

// The log: does it take what it is given, how far is it behind, can it be rewritten?
extension DurabilityAdvice {
    static let logJudgements: [@Sendable (DurabilityFacts) -> DurabilityAdvice?] = [
        failingLog, damagedLog, fullLog, lateSync, neverSynced, failingRewrites, notScrubbed,
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

    @Sendable static func damagedLog(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard let damage = facts.scrub.damage else { return nil }
        return DurabilityAdvice(
            weight: .danger, subject: "damage",
            text: "\(damage.text). The data in memory is whole; after a crash the log could not be "
                + "loaded.",
            remedy: facts.scrub.repairsItself
                ? "A rewrite that replaces it begins by itself. Look at the disk."
                : "Rewrites have not helped. Call BGREWRITEAOF, and replace the disk.")
    }

    @Sendable static func fullLog(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.log.refusal != .nothing else { return nil }
        let limit = UInt64(facts.settings.appendOnly.sizeMax)
        return DurabilityAdvice(
            weight: .danger, subject: "aof-max-size",
            text: "the log has \(MemorySize.human(facts.log.size)), aof-max-size is "
                + "\(MemorySize.human(limit)), and a rewrite has not helped: "
                + (facts.log.refusal == .growth
                    ? "commands that add data are refused."
                    : "all writes but deletions are refused."),
            remedy: "Delete data, which is let through, or raise aof-max-size.")
    }

    /// After so long without a pass of the scrub, one is missed: a month.
    static let scrubSecondsMax: Int64 = 30 * 24 * 3600

    @Sendable static func notScrubbed(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.log.state == "healthy", facts.settings.appendOnly.scrubRate == 0,
            facts.uptimeSeconds > scrubSecondsMax,
            (facts.scrub.secondsSincePass ?? .max) > scrubSecondsMax
        else { return nil }
        return DurabilityAdvice(
            weight: .note, subject: "scrub",
            text: "the files of the log have not been read again for more than a month: damage to "
                + "them would be noticed at the next start.",
            remedy: "DURABILITY SCRUB does it once, aof-scrub-rate all the time.")
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
