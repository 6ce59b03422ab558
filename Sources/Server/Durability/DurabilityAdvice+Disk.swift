import Bytes
import Configuration
import Platform

// Room: is there enough for what comes next?
extension DurabilityAdvice {
    static let diskJudgements: [@Sendable (DurabilityFacts) -> DurabilityAdvice?] = [
        unknownSpace, noRoomForRewrite, noRoomForDump, nearlyFull,
    ]

    @Sendable static func unknownSpace(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.disk.space == nil else { return nil }
        return DurabilityAdvice(
            weight: .warning, subject: "disk-space",
            text: "the room on the file system of \(facts.settings.storage.directory) cannot be "
                + "measured.",
            remedy: "Look whether the directory is still there and mounted.")
    }

    @Sendable static func noRoomForRewrite(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.settings.appendOnly.isEnabled, !facts.log.isRewriting else { return nil }
        return shortage("A rewrite of the log", needing: facts.disk.rewriteSize, facts)
    }

    @Sendable static func noRoomForDump(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard !facts.settings.snapshot.savePoints.isEmpty, !facts.dump.isSaving else { return nil }
        return shortage("A dump", needing: facts.disk.dumpSize, facts)
    }

    private static func shortage(
        _ what: String, needing needed: UInt64, _ facts: DurabilityFacts
    ) -> DurabilityAdvice? {
        guard let available = facts.disk.space?.available, available < needed else { return nil }
        return DurabilityAdvice(
            weight: .warning, subject: "disk-space",
            text:
                "\(what) needs about \(MemorySize.human(needed)) (\(needed) bytes) beside what is "
                + "there, and \(MemorySize.human(available)) (\(available) bytes) are free.",
            remedy: facts.settings.snapshot.checksSpace
                ? "Make room; until then it is not begun."
                : "Make room; disk-space-check is off, so it will be tried and will fail.")
    }

    /// Less than this share of a file system free is little: a twentieth.
    private static let freeDivisor: UInt64 = 20

    @Sendable static func nearlyFull(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard let space = facts.disk.space, space.total > 0,
            space.available < space.total / freeDivisor
        else { return nil }
        return DurabilityAdvice(
            weight: .warning, subject: "disk-full",
            text: "\(MemorySize.human(space.available)) of \(MemorySize.human(space.total)) are "
                + "free on the file system of \(facts.settings.storage.directory).",
            remedy: "Make room. A full disk makes the server refuse writes until there is some.")
    }
}
