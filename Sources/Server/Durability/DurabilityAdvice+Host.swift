import Bytes
import Configuration
import Platform

// The machine: what its settings mean for a server that does not fork.
extension DurabilityAdvice {
    static let hostJudgements: [@Sendable (DurabilityFacts) -> DurabilityAdvice?] = [
        overcommit, hugePages, memoryLimit,
    ]

    @Sendable static func overcommit(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        let strict = 2
        guard let mode = facts.host.overcommit, mode == 0 || mode == strict else { return nil }
        return DurabilityAdvice(
            weight: mode == strict ? .warning : .note, subject: "overcommit",
            text:
                "vm.overcommit_memory is \(mode): a snapshot needs no second copy of memory here, "
                + "but a large allocation may be refused under memory pressure, which ends the "
                + "server.",
            remedy: "sysctl vm.overcommit_memory=1, and the same in /etc/sysctl.conf.")
    }

    @Sendable static func hugePages(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard facts.host.transparentHugePagesAlways, facts.settings.memory.max > 0 else {
            return nil
        }
        return DurabilityAdvice(
            weight: .note, subject: "huge-pages",
            text: "transparent huge pages are on for everything. Snapshots copy no pages, so that "
                + "harms none of them, but the process may hold more than maxmemory counts.",
            remedy: "'madvise' in /sys/kernel/mm/transparent_hugepage/enabled is enough: what "
                + "gains by huge pages asks for them.")
    }

    @Sendable static func memoryLimit(_ facts: DurabilityFacts) -> DurabilityAdvice? {
        guard let limit = facts.host.memoryLimit else { return nil }
        let max = facts.settings.memory.max
        guard max == 0 || max > limit else { return nil }
        return DurabilityAdvice(
            weight: .warning, subject: "memory-limit",
            text: "the control group ends the server at \(MemorySize.human(limit)), and maxmemory "
                + (max == 0 ? "sets no limit below that." : "is higher."),
            remedy: "Set maxmemory well below it, so that clients are told before the server is "
                + "killed.")
    }
}
