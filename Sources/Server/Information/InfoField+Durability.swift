import Bytes
import Configuration
import Persistence
import Platform

// How much a loss of power or a crash would take back at this moment, and what the log's state is.
// The names are Ledgerstone's own.
extension InfoField {
    static let durability: [InfoField] = [
        InfoField("aof_appended_offset", .counter, "Bytes of records that were logged.") {
            $0.appendLog?.appended.value ?? 0
        },
        InfoField("aof_written_offset", .counter, "Those that survive a crash of the server.") {
            $0.appendLog?.written.value ?? 0
        },
        InfoField("aof_durable_offset", .counter, "Those that survive the loss of power.") {
            $0.appendLog?.durable.value ?? 0
        },
        InfoField("aof_unsynced_bytes", .gauge, "Bytes that the loss of power would take.") {
            $0.appendLog?.unsyncedBytes ?? 0
        },
        InfoField("aof_unsynced_age_ms", .gauge, "Age of the oldest of them; 0 when none.") {
            ($0.appendLog?.unsyncedMicroseconds ?? 0) / 1000
        },
        InfoField("aof_state", .text, "off, starting, healthy, healing or refusing.") {
            $0.logState.name
        },
        InfoField("aof_state_reason", .text, "Why it is not healthy; empty when it is.") {
            $0.logState.failure?.lastError.message ?? ""
        },
        InfoField("aof_state_since_ms", .gauge, "Unix milliseconds; 0 when it is healthy.") {
            $0.logState.failure?.sinceMilliseconds ?? 0
        },
        InfoField("rdb_last_verified_file", .text, "The last snapshot that was read back.") {
            $0.persistence.lastVerified?.path ?? ""
        },
        InfoField("rdb_last_verified_age_sec", .gauge, "Its age; -1 when there is none.") {
            moment in
            guard let verified = moment.persistence.lastVerified else { return Int64(-1) }
            let age = moment.server.clock.wallMilliseconds - verified.milliseconds
            return max(0, age / 1000)
        },
    ]

    static let diskBudget: [InfoField] = [
        InfoField("disk_available_bytes", .gauge, "Room on the file system; -1 when unknown.") {
            $0.space.map { Int64(clamping: $0.available) } ?? -1
        },
        InfoField("disk_rewrite_needs_bytes", .gauge, "Room that a rewrite of the log needs.") {
            $0.server.sizeNeeded(for: .rewrite)
        },
        InfoField("disk_dump_needs_bytes", .gauge, "Room that a dump needs.") {
            $0.server.sizeNeeded(for: .save)
        },
        InfoField("disk_refusals", .counter, "Dumps and rewrites not begun for want of room.") {
            $0.persistence.diskBudget.refusals
        },
        InfoField("disk_refusal", .text, "What cannot be begun now, and why; else empty.") {
            $0.persistence.diskBudget.refusal?.text ?? ""
        },
        InfoField("disk_refusal_since_ms", .gauge, "Unix milliseconds; 0 when nothing is.") {
            $0.persistence.diskBudget.refusal?.since ?? 0
        },
    ]
}

extension InfoMoment {
    var logState: (name: String, failure: LogFailure?) {
        guard let log = appendLog else { return ("off", nil) }
        switch (log.phase, log.health) {
        case (.off, _): return (settings.appendOnly.isEnabled ? "starting" : "off", nil)
        case (.collecting, _): return ("starting", nil)
        case (.on, .healthy): return ("healthy", nil)
        case (.on, .healing(let failure)): return ("healing", failure)
        case (.on, .refusing(let failure)): return ("refusing", failure)
        }
    }
}
