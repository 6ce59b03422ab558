import Configuration
import Keyspace

// Settings that contradict each other, or take back what another one promises.
extension DurabilityAdvice {
    static let settingsJudgements: [@Sendable (DurabilityFacts) -> DurabilityAdvice?] = [
        loggedCache, noBatchChecksums, noDumpChecksums, endlessLog, silentSaves,
    ]

    @Sendable static func loggedCache(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        let memory = facts.settings.memory
        guard facts.settings.appendOnly.isEnabled, memory.max > 0 else { return nil }
        guard memory.policy.evicts, !memory.policy.wantsDeadline else { return nil }
        return DurabilityAdvice(
            weight: .note, subject: "cache",
            text: "maxmemory-policy \(memory.policy.rawValue) says that any key may go, and "
                + "appendonly says that every write is kept.",
            remedy: "For a cache 'appendonly no' saves the disk's work; for data 'maxmemory-policy "
                + "noeviction' keeps it all.")
    }

    @Sendable static func noBatchChecksums(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        let settings = facts.settings.appendOnly
        guard settings.isEnabled, !settings.hasChecksum else { return nil }
        return DurabilityAdvice(
            weight: settings.fsync == .always ? .warning : .note, subject: "aof-checksum",
            text: "the log is written without checksums: a changed byte in it is not noticed"
                + (settings.fsync == .always
                    ? ", although appendfsync always asks for the most that can be had." : "."),
            remedy: "'CONFIG SET aof-checksum yes'; Redis 7.0 and later read such a log, too.")
    }

    @Sendable static func noDumpChecksums(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard !facts.settings.snapshot.hasChecksum else { return nil }
        return DurabilityAdvice(
            weight: .note, subject: "rdbchecksum",
            text: "dumps and bases of the log are written without a checksum: a changed byte in "
                + "them is not noticed.",
            remedy: "Set rdbchecksum to yes in the configuration file; it costs next to nothing.")
    }

    @Sendable static func endlessLog(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        let settings = facts.settings.appendOnly
        guard settings.isEnabled, settings.rewritePercentage == 0 else { return nil }
        return DurabilityAdvice(
            weight: .warning, subject: "growth",
            text: "the log is never rewritten by itself (auto-aof-rewrite-percentage 0): it grows "
                + "until the disk is full.",
            remedy: "Set auto-aof-rewrite-percentage, or call BGREWRITEAOF regularly.")
    }

    @Sendable static func silentSaves(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        let snapshot = facts.settings.snapshot
        guard !facts.settings.appendOnly.isEnabled, !snapshot.savePoints.isEmpty,
            !snapshot.stopsWritesOnError
        else { return nil }
        return DurabilityAdvice(
            weight: .note, subject: "stop-writes-on-bgsave-error",
            text: "dumps are all that is kept, and writes go on when they fail.",
            remedy: "Watch rdb_last_bgsave_status, or set stop-writes-on-bgsave-error to yes.")
    }
}
