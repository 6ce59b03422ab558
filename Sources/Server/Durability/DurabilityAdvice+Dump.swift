import Configuration

// Dumps, and snapshots that were read back.
extension DurabilityAdvice {
    static let dumpJudgements: [@Sendable (DurabilityFacts) -> DurabilityAdvice?] = [
        nothingKept, changesAtRisk, failingSaves, notVerified,
    ]

    @Sendable static func nothingKept(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        let settings = facts.settings
        guard !settings.appendOnly.isEnabled, settings.snapshot.savePoints.isEmpty,
            facts.keyCount > 0
        else { return nil }
        return DurabilityAdvice(
            weight: .note, subject: "nothing-kept",
            text: "there is neither a log nor a save point: a restart loses what was changed since "
                + "the last SAVE or BGSAVE, which is \(facts.dump.changesSinceSave) changes.",
            remedy: "That is right for a cache. Otherwise 'CONFIG SET appendonly yes'.")
    }

    @Sendable static func changesAtRisk(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        let settings = facts.settings
        guard !settings.appendOnly.isEnabled, !settings.snapshot.savePoints.isEmpty,
            facts.dump.changesSinceSave > 0
        else { return nil }
        return DurabilityAdvice(
            weight: .note, subject: "dump",
            text: "only dumps are kept: a crash now would take \(facts.dump.changesSinceSave) "
                + "changes of the last \(facts.dump.secondsSinceSave) seconds.",
            remedy: "'CONFIG SET appendonly yes' keeps every write; BGSAVE keeps this moment.")
    }

    @Sendable static func failingSaves(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard !facts.dump.lastSucceeded else { return nil }
        let settings = facts.settings.snapshot
        let stops = settings.stopsWritesOnError && !settings.savePoints.isEmpty
        return DurabilityAdvice(
            weight: facts.settings.appendOnly.isEnabled ? .warning : .danger,
            subject: "save",
            text: "the last dump failed; the one on the disk is "
                + "\(facts.dump.secondsSinceSave) seconds old"
                + (stops ? ", and writes are refused." : "."),
            remedy: "The server's log says why. Remove the cause, then BGSAVE.")
    }

    /// After so long without one, a verified snapshot is missed: a week.
    static let verifiedSecondsMax: Int64 = 7 * 24 * 3600

    @Sendable static func notVerified(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.settings.appendOnly.isEnabled || !facts.settings.snapshot.savePoints.isEmpty,
            facts.keyCount > 0
        else { return nil }
        let age = facts.dump.secondsSinceVerified
        guard (age ?? .max) > verifiedSecondsMax else { return nil }
        let since = age.map { "for \($0 / 86400) days" } ?? "since the server was started"
        return DurabilityAdvice(
            weight: .note, subject: "verified",
            text: "no snapshot of the data has been written and read back \(since).",
            remedy: "BGSAVE does so"
                + (facts.settings.appendOnly.isEnabled ? ", and BGREWRITEAOF." : "."))
    }
}
