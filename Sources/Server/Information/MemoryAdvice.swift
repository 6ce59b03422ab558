import Platform

/// What is unusual about the memory, in words (`MEMORY DOCTOR`).
struct MemoryAdvice {
    /// What the judgement looks at, in bytes.
    struct Facts {
        var used: UInt64 = 0
        var peak: UInt64 = 0
        var allocated: UInt64 = 0
        var active: UInt64 = 0
        var allocatorResident: UInt64 = 0
        var resident: UInt64 = 0
        /// What the average connection holds.
        var sizePerClient: UInt64 = 0
    }

    /// Below this nothing can be judged: the fixed costs are larger than the data.
    private static let usedMin: UInt64 = 5 << 20
    private static let clientSizeMax: UInt64 = 200 << 10

    let facts: Facts

    init(_ facts: Facts) { self.facts = facts }

    init(_ server: Server) {
        let memory = InfoMemory(server)
        facts = Facts(
            used: memory.used, peak: memory.peak, allocated: memory.process.allocated,
            active: memory.process.active, allocatorResident: memory.process.allocatorResident,
            resident: memory.process.resident,
            sizePerClient: memory.clients / UInt64(max(1, server.clients.count)))
    }

    var text: String {
        guard facts.used >= Self.usedMin else {
            return "There is too little data to judge how memory is used.\n"
        }
        let findings = findings
        guard !findings.isEmpty else { return "Nothing about the memory is unusual.\n" }
        return "What is unusual about the memory:\n\n"
            + findings.map { " * \($0)\n" }.joined()
    }

    private var findings: [String] {
        var findings: [String] = []
        if Self.exceeds(facts.peak, facts.used, percent: 150) {
            findings.append(
                "Peak memory: at its peak the server used more than 1.5 times of what it uses "
                    + "now. The allocator may keep the difference; 'MEMORY PURGE' gives it back.")
        }
        if Self.exceeds(facts.active, facts.allocated, percent: 110, least: 10 << 20) {
            findings.append(
                "Fragmentation: pages are more than 10 % larger than what is stored in them. "
                    + "That comes from values that changed their size; a restart packs them.")
        }
        if Self.exceeds(facts.allocatorResident, facts.active, percent: 110, least: 10 << 20) {
            findings.append(
                "Free pages: the allocator holds more than 10 % beyond the pages in use. "
                    + "'MEMORY PURGE' gives them back.")
        }
        if Self.exceeds(facts.resident, facts.allocatorResident, percent: 110, least: 10 << 20) {
            findings.append(
                "Other memory: the process holds more than 10 % beyond its allocator, for "
                    + "stacks, mapped files and code.")
        }
        if facts.sizePerClient > Self.clientSizeMax {
            findings.append(
                "Connections: the average one holds more than 200 KiB of requests and replies. "
                    + "Look for the 'tot-mem' of CLIENT LIST, and for clients that do not read.")
        }
        return findings
    }

    /// - Parameter least: a difference that is too small to matter, in bytes.
    private static func exceeds(
        _ high: UInt64, _ low: UInt64, percent: UInt64, least: UInt64 = 0
    ) -> Bool {
        low > 0 && high > low && high - low > least && high > low / 100 * percent
    }
}
