import Bytes
import Keyspace

extension InfoField {
    static let traffic: [InfoField] = [
        InfoField("total_connections_received", .counter, "Connections, refused ones included.") {
            $0.statistics.connections
        },
        InfoField("total_commands_processed", .counter, "Commands that were executed.") {
            $0.statistics.commands
        },
        InfoField("instantaneous_ops_per_sec", .gauge, "Commands per second of late.") {
            $0.server.rates.commands
        },
        InfoField("total_net_input_bytes", .counter, "Bytes received.") {
            $0.statistics.bytesReceived
        },
        InfoField("total_net_output_bytes", .counter, "Bytes sent.") { $0.statistics.bytesSent },
        .none("total_net_repl_input_bytes", "Bytes received from a master."),
        .none("total_net_repl_output_bytes", "Bytes sent to replicas."),
        InfoField("instantaneous_input_kbps", .gauge, "KiB received per second of late.") {
            $0.server.rates.kilobytesReceived
        },
        InfoField("instantaneous_output_kbps", .gauge, "KiB sent per second of late.") {
            $0.server.rates.kilobytesSent
        },
        .none("instantaneous_input_repl_kbps", "KiB per second from a master.", "0.00"),
        .none("instantaneous_output_repl_kbps", "KiB per second to replicas.", "0.00"),
        InfoField("rejected_connections", .counter, "Connections that were refused.") {
            $0.statistics.rejectedConnections
        },
        .none("sync_full", "Full copies that replicas were sent."),
        .none("sync_partial_ok", "Replicas that went on where they had stopped."),
        .none("sync_partial_err", "Replicas that could not."),
    ]

    static let keys: [InfoField] = [
        InfoField("expired_keys", .counter, "Keys that went because their time was over.") {
            $0.server.keyspace.shared.value.expired
        },
        InfoField(
            "expired_subkeys", .counter, "Fields of hashes that went because their time was over."
        ) { $0.server.keyspace.shared.value.expiredFields },
        .none("expired_stale_perc", "Percent of keys that have expired unnoticed.", "0.00"),
        InfoField("expired_time_cap_reached_count", .counter, "Expiry cycles cut short.") {
            $0.server.keyspace.shared.value.expiryCyclesCutShort
        },
        InfoField("expire_cycle_cpu_milliseconds", .counter, "Time spent in expiry cycles.") {
            $0.statistics.expiryMicroseconds / 1000
        },
        InfoField("evicted_keys", .counter, "Keys that made room.") {
            $0.server.keyspace.shared.value.evicted
        },
        InfoField("evicted_clients", .counter, "Clients that made room.") {
            $0.statistics.evictedClients
        },
        InfoField(
            "total_eviction_exceeded_time", .counter, "Milliseconds above the limit of memory."
        ) { $0.server.eviction.totalExcess(now: $0.now) / 1000 },
        InfoField(
            "current_eviction_exceeded_time", .gauge, "Milliseconds since it was passed."
        ) { $0.server.eviction.currentExcess(now: $0.now) / 1000 },
        InfoField("keyspace_hits", .counter, "Reads that found their key.") {
            $0.server.keyspace.shared.value.hits
        },
        InfoField("keyspace_misses", .counter, "Reads that did not.") {
            $0.server.keyspace.shared.value.misses
        },
        InfoField("pubsub_channels", .gauge, "Channels with subscribers.") {
            $0.server.pubSub.channels.count
        },
        InfoField("pubsub_patterns", .gauge, "Patterns with subscribers.") {
            $0.server.pubSub.patterns.count
        },
        InfoField("pubsubshard_channels", .gauge, "Channels of shards with subscribers.") {
            $0.server.pubSub.shardChannels.count
        },
        .none("latest_fork_usec", "Time that the last fork took; there is none."),
        .none("total_forks", "Forks; there is none."),
        .none("migrate_cached_sockets", "Connections that MIGRATE keeps open."),
        .none("slave_expires_tracked_keys", "Keys with deadlines on a writable replica."),
        .none("active_defrag_hits", "Values that defragmentation moved."),
        .none("active_defrag_misses", "Values that it looked at in vain."),
        .none("active_defrag_key_hits", "Keys that defragmentation moved."),
        .none("active_defrag_key_misses", "Keys that it looked at in vain."),
        .none("total_active_defrag_time", "Milliseconds of defragmentation."),
        .none("current_active_defrag_time", "Milliseconds of the one under way."),
        InfoField("tracking_total_keys", .gauge, "Keys that clients are told of.") {
            $0.server.tracking.table.keyCount
        },
        InfoField(
            "tracking_total_items", .gauge, "Clients that are told, summed over keys."
        ) { $0.server.tracking.table.itemCount },
        InfoField("tracking_total_prefixes", .gauge, "Prefixes that clients are told of.") {
            $0.server.tracking.broadcasts.prefixCount
        },
    ]

    static let activity: [InfoField] = [
        InfoField("unexpected_error_replies", .counter, "Errors that a master was answered.") {
            $0.statistics.unexpectedErrors
        },
        InfoField("total_error_replies", .counter, "Errors that clients were answered.") {
            $0.statistics.errorReplies
        },
        InfoField("dump_payload_sanitizations", .counter, "Values examined in depth.") {
            $0.statistics.sanitizations
        },
        InfoField("total_reads_processed", .counter, "Calls that read from sockets.") {
            $0.statistics.reads
        },
        InfoField("total_writes_processed", .counter, "Calls that wrote to sockets.") {
            $0.statistics.writes
        },
        InfoField(
            "io_threaded_reads_processed", .counter, "Reads in which other threads took part."
        ) { $0.statistics.threadedReads },
        InfoField(
            "io_threaded_writes_processed", .counter, "Writes in which other threads took part."
        ) { $0.statistics.threadedWrites },
        .none("reply_buffer_shrinks", "Reply buffers that were made smaller."),
        .none("reply_buffer_expands", "Reply buffers that were made larger."),
        InfoField("eventloop_cycles", .counter, "Turns of the event loop.") {
            $0.statistics.turns
        },
        InfoField("eventloop_duration_sum", .counter, "Microseconds that they took.") {
            $0.statistics.turnMicroseconds
        },
        InfoField("eventloop_duration_cmd_sum", .counter, "Those that commands took.") { moment in
            let ticks = moment.server.table.commands.reduce(UInt64(0)) {
                $0 &+ $1.value.statistics.ticks
            }
            return moment.server.clock.microseconds(ofTicks: ticks)
        },
        InfoField("instantaneous_eventloop_cycles_per_sec", .gauge, "Turns per second of late.") {
            $0.server.rates.turns
        },
        InfoField("instantaneous_eventloop_duration_usec", .gauge, "Their mean duration.") {
            $0.server.rates.turnMicroseconds
        },
        InfoField("acl_access_denied_auth", .counter, "Passwords that were wrong.") {
            $0.statistics.authenticationFailures
        },
        InfoField("acl_access_denied_cmd", .counter, "Commands that a user may not use.") {
            $0.statistics.deniedCommands
        },
        InfoField("acl_access_denied_key", .counter, "Keys that a user may not use.") {
            $0.statistics.deniedKeys
        },
        InfoField("acl_access_denied_channel", .counter, "Channels that a user may not use.") {
            $0.statistics.deniedChannels
        },
        InfoField("client_query_buffer_limit_disconnections", .counter, "Requests too long.") {
            $0.statistics.queryBufferOverruns
        },
        InfoField("client_output_buffer_limit_disconnections", .counter, "Readers too slow.") {
            $0.statistics.outputBufferOverruns
        },
        InfoField("eventloop_duration_max", .gauge, "Microseconds of the longest turn.") {
            $0.statistics.turnMicrosecondsMax
        },
    ]
}
