import Bytes
import Configuration
import Persistence

// What was loaded, what is saved, and how far the log is. Names and order are Redis's; what there
// is no fork for is always 0.
extension InfoField {
    static let loadingState: [InfoField] = [
        InfoField("loading", .gauge, "Whether the data is being loaded.") {
            $0.persistence.loading != nil
        },
        .none("async_loading", "Whether a replica loads another copy beside the old one."),
        .none("current_cow_peak", "Bytes that a fork has copied; there is no fork."),
        .none("current_cow_size", "Bytes that a fork has copied; there is no fork."),
        .none("current_cow_size_age", "Seconds since that was measured."),
        InfoField("current_fork_perc", .gauge, "Percent of the keys that a snapshot has saved.") {
            let saved = UInt64($0.persistence.snapshot?.snapshot.keysSaved ?? 0)
            let total = UInt64($0.persistence.snapshot?.snapshot.keysTotal ?? 0)
            return FixedDecimal(value: FixedDecimal.ratio(saved, total).value * 100)
        },
        InfoField("current_save_keys_processed", .gauge, "Keys that a snapshot has saved.") {
            $0.persistence.snapshot?.snapshot.keysSaved ?? 0
        },
        InfoField("current_save_keys_total", .gauge, "Keys that there were when it began.") {
            $0.persistence.snapshot?.snapshot.keysTotal ?? 0
        },
    ]

    static let snapshots: [InfoField] = [
        InfoField("rdb_changes_since_last_save", .gauge, "Changes that no dump holds.") {
            $0.persistence.changesSinceSave
        },
        InfoField("rdb_bgsave_in_progress", .gauge, "Whether a dump is being saved.") {
            $0.server.isSaving
        },
        InfoField("rdb_last_save_time", .gauge, "Unix seconds of the last dump.") {
            $0.persistence.lastSave
        },
        InfoField("rdb_last_bgsave_status", .text, "Whether the last dump succeeded.") {
            status($0.persistence.lastSaveSucceeded)
        },
        InfoField("rdb_last_bgsave_time_sec", .gauge, "Seconds that the last dump took.") {
            $0.persistence.lastSaveSeconds
        },
        InfoField("rdb_current_bgsave_time_sec", .gauge, "Seconds since it began.") { moment in
            guard let running = moment.persistence.snapshot, running.purpose == .save else {
                return Int64(-1)
            }
            return moment.server.clock.wallSeconds - running.began
        },
        InfoField("rdb_saves", .counter, "Dumps since the start.") { $0.persistence.saves },
        .none("rdb_last_cow_size", "Bytes that a fork has copied; there is no fork."),
        InfoField("rdb_last_load_keys_expired", .gauge, "Keys that had expired when loaded.") {
            $0.persistence.lastLoadKeysExpired
        },
        InfoField("rdb_last_load_keys_loaded", .gauge, "Keys that were loaded.") {
            $0.persistence.lastLoadKeysLoaded
        },
    ]

    static let log: [InfoField] = [
        InfoField("aof_enabled", .gauge, "Whether the log is on, or is being switched on.") {
            $0.settings.appendOnly.isEnabled
        },
        InfoField("aof_rewrite_in_progress", .gauge, "Whether the log is being rewritten.") {
            $0.server.isRewriting
        },
        InfoField("aof_rewrite_scheduled", .gauge, "Whether a rewrite waits for its turn.") {
            $0.persistence.isRewriteScheduled
        },
        InfoField("aof_last_rewrite_time_sec", .gauge, "Seconds that the last rewrite took.") {
            $0.persistence.lastRewriteSeconds
        },
        InfoField("aof_current_rewrite_time_sec", .gauge, "Seconds since it began.") { moment in
            guard moment.server.isRewriting, let began = moment.persistence.rewriteBegan else {
                return Int64(-1)
            }
            return moment.server.clock.wallSeconds - began
        },
        InfoField("aof_last_bgrewrite_status", .text, "Whether the last rewrite succeeded.") {
            status($0.persistence.lastRewriteSucceeded)
        },
        InfoField("aof_rewrites", .counter, "Rewrites since the start.") {
            $0.persistence.rewrites
        },
        InfoField("aof_rewrites_consecutive_failures", .gauge, "Failures since a success.") {
            $0.persistence.rewriteTrigger.consecutiveFailures
        },
        InfoField("aof_last_write_status", .text, "Whether write and sync work.") {
            status($0.appendLog?.health ?? .healthy == .healthy)
        },
        .none("aof_last_cow_size", "Bytes that a fork has copied; there is no fork."),
        .none("module_fork_in_progress", "Whether a module has forked."),
        .none("module_fork_last_cow_size", "Bytes that a module's fork has copied."),
    ]

    static let openLog: [InfoField] = [
        InfoField("aof_current_size", .gauge, "Bytes of all files of the log.") {
            $0.appendLog?.currentSize ?? 0
        },
        InfoField("aof_base_size", .gauge, "Bytes that growth is measured against.") {
            $0.appendLog?.sizeAfterRewrite ?? 0
        },
        InfoField("aof_pending_rewrite", .gauge, "Whether a rewrite waits for its turn.") {
            $0.persistence.isRewriteScheduled
        },
        InfoField("aof_buffer_length", .gauge, "Bytes that the kernel has not got yet.") {
            $0.appendLog?.bufferedBytes ?? 0
        },
        InfoField("aof_pending_bio_fsync", .gauge, "Syncs that are under way beside writing.") {
            $0.appendLog?.pendingSyncs ?? 0
        },
        InfoField("aof_delayed_fsync", .counter, "Writes beside a sync that took too long.") {
            ($0.appendLog?.delayedSyncs ?? 0) &- $0.persistence.delayedSyncsBefore
        },
    ]

    static let loading: [InfoField] = [
        InfoField("loading_start_time", .gauge, "Unix seconds.") {
            $0.persistence.loading?.began ?? 0
        },
        InfoField("loading_total_bytes", .gauge, "Bytes to be loaded.") {
            $0.persistence.loading?.totalBytes ?? 0
        },
        InfoField("loading_rdb_used_mem", .gauge, "Memory that the writer of the dump used.") {
            $0.persistence.loading?.usedMemory ?? 0
        },
        InfoField("loading_loaded_bytes", .gauge, "Bytes that are loaded.") {
            $0.persistence.loading?.loadedBytes ?? 0
        },
        InfoField("loading_loaded_perc", .gauge, "Percent of the bytes.") { moment in
            let loading = moment.persistence.loading
            let share = FixedDecimal.ratio(loading?.loadedBytes ?? 0, loading?.totalBytes ?? 0)
            return FixedDecimal(value: share.value * 100)
        },
        InfoField("loading_eta_seconds", .gauge, "Seconds left, if it goes on like this.") {
            $0.persistence.loading?.secondsLeft(at: $0.server.clock.wallSeconds) ?? 0
        },
    ]

    private static func status(_ isGood: Bool) -> String { isGood ? "ok" : "err" }
}
