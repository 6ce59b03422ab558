import Bytes
import Configuration
import Platform

// Who the server is, and who is connected.
extension InfoField {
    static let server: [InfoField] = [
        InfoField("redis_version", .text, "The version of Redis whose contract is kept.") { _ in
            ProductVersion.redis
        },
        InfoField("server_name", .text, "Which server this is.") { _ in "ledgerstone" },
        InfoField("ledgerstone_version", .text, "Ledgerstone's own version.") { _ in
            ProductVersion.ledgerstone
        },
        .none("redis_git_sha1", "The commit that Redis was built of.", "00000000", kind: .text),
        .none("redis_git_dirty", "Whether Redis was built of changed sources."),
        .none("redis_build_id", "What identifies a build of Redis.", kind: .text),
        InfoField("redis_mode", .text, "Alone, in a cluster, or a sentinel.") { _ in "standalone" },
        InfoField("os", .text, "The operating system.") { $0.host.operatingSystem },
        InfoField("arch_bits", .gauge, "Bits of an address.") { $0.host.architectureBits },
        InfoField("monotonic_clock", .text, "What time is measured with.") { _ in
            "POSIX clock_gettime"
        },
        InfoField("multiplexing_api", .text, "How sockets are waited for.") { _ in "epoll" },
        InfoField("atomicvar_api", .text, "How threads share numbers.") { _ in "swift-atomics" },
        .none("gcc_version", "The version of the C compiler; there is none.", "0.0.0", kind: .text),
        InfoField("process_id", .gauge, "The number of the process.") {
            $0.server.world.process.identifier
        },
        InfoField("process_supervised", .text, "Who looks after the process.") {
            $0.settings.process.supervision.rawValue
        },
        InfoField("run_id", .text, "Forty digits that name this run.") { $0.server.identity.run },
        InfoField("tcp_port", .gauge, "The port that is listened on; 0 is none.") {
            $0.settings.network.port > 0 ? $0.settings.network.port : $0.settings.tls.port
        },
        InfoField("server_time_usec", .counter, "Unix microseconds.") {
            $0.server.world.clock.wallMicroseconds
        },
        InfoField("uptime_in_seconds", .counter, "Time since the start.") { $0.uptimeSeconds },
        InfoField("uptime_in_days", .counter, "Time since the start.") { $0.uptimeSeconds / 86400 },
        InfoField("hz", .gauge, "Rounds of periodic work per second.") {
            $0.settings.process.frequency
        },
        InfoField("configured_hz", .gauge, "Rounds that are asked for.") {
            $0.settings.process.frequency
        },
        InfoField("lru_clock", .gauge, "Unix seconds as entries note them, 24 bits.") {
            $0.server.clock.wallSeconds & 0xff_ffff
        },
        InfoField("executable", .text, "The path of the program.") {
            $0.server.world.process.executablePath
        },
        InfoField("config_file", .text, "The path of the configuration; empty when none.") {
            $0.server.configuration.file ?? ""
        },
        InfoField("io_threads_active", .gauge, "Whether other threads read and write for clients.")
        {
            $0.server.ioThreads?.isActive == true
        },
    ]

    static let clients: [InfoField] = [
        InfoField("connected_clients", .gauge, "Connections.") { $0.server.clients.count },
        .none("cluster_connections", "Connections between the nodes of a cluster."),
        InfoField("maxclients", .gauge, "Connections that are allowed.") {
            $0.settings.clients.countMax
        },
        InfoField("client_recent_max_input_buffer", .gauge, "Largest query buffer, bytes.") {
            $0.server.clients.all.reduce(0) { max($0, $1.value.query.capacity) }
        },
        InfoField("client_recent_max_output_buffer", .gauge, "Largest reply buffer, bytes.") {
            $0.server.clients.all.reduce(0) { max($0, $1.value.replies.value.capacity) }
        },
        InfoField("blocked_clients", .gauge, "Clients that wait for what a command asked for.") {
            $0.server.waiting.count { $0.value.session.wait?.isOfCommand == true }
                + $0.server.blockedClients.count
        },
        InfoField("tracking_clients", .gauge, "Clients that are told of changed keys.") {
            $0.server.tracking.clientCount
        },
        InfoField("clients_in_timeout_table", .gauge, "Blocked clients with a deadline.") {
            $0.server.waiting.count {
                $0.value.session.wait?.isOfCommand == true
                    && $0.value.session.wait?.deadline != nil
            } + $0.server.blockedClients.countWithDeadline
        },
        InfoField("total_blocking_keys", .gauge, "Keys that clients wait for.") {
            $0.server.blockedClients.keyCount
        },
        InfoField(
            "total_blocking_keys_on_nokey", .gauge, "Keys whose removal clients wait for."
        ) { $0.server.blockedClients.keyCountWithoutKey },
    ]
}

extension ClientWait {
    /// Whether a command asked to wait, and not the server.
    fileprivate var isOfCommand: Bool {
        switch cause {
        case .durability, .replicas: true
        default: false
        }
    }
}
