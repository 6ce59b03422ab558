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

// The size of the log, and the reading of its files in the background.
extension InfoField {
    static let upkeep: [InfoField] = [
        InfoField("aof_max_size", .gauge, "Bytes that the log may have; 0 is no limit.") {
            $0.settings.appendOnly.sizeMax
        },
        InfoField("aof_size_refuses", .text, "What that refuses: nothing, growth or writes.") {
            "\($0.persistence.sizeLimit.refusal)"
        },
        InfoField("aof_scrub_in_progress", .gauge, "Whether the log's files are read again.") {
            $0.persistence.scrub.running != nil
        },
        InfoField("aof_scrub_perc", .gauge, "Percent of them that have been; 0 when not.") {
            let running = $0.persistence.scrub.running
            let share = FixedDecimal.ratio(running?.readSize ?? 0, running?.totalSize ?? 0)
            return FixedDecimal(value: share.value * 100)
        },
        InfoField("aof_scrub_last_status", .text, "What the last pass found: none, ok or err.") {
            guard let last = $0.persistence.scrub.last else { return "none" }
            return last.report.damage == nil ? "ok" : "err"
        },
        InfoField("aof_scrub_last_age_sec", .gauge, "Its age; -1 when there is none.") { moment in
            guard let last = moment.persistence.scrub.last else { return Int64(-1) }
            return max(0, (moment.server.clock.wallMilliseconds - last.milliseconds) / 1000)
        },
        InfoField("aof_scrub_verified_bytes", .gauge, "Bytes that agreed with checksums then.") {
            $0.persistence.scrub.last?.report.verified ?? 0
        },
        InfoField("aof_scrub_unverified_bytes", .gauge, "Bytes read then that have none.") {
            $0.persistence.scrub.last?.report.unverified ?? 0
        },
        InfoField("aof_scrub_damage", .text, "What is damaged now, and where; else empty.") {
            $0.persistence.scrub.damage?.text ?? ""
        },
        InfoField("aof_scrub_repairs", .counter, "Damaged files that rewrites have replaced.") {
            $0.persistence.scrub.repairs
        },
    ]
}
