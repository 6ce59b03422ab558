import Bytes
import Configuration
import Platform

// Replication, processor time, cluster.
extension InfoField {
    static let replication: [InfoField] = [
        InfoField("role", .text, "Whether the server is a master or a replica.") { _ in "master" },
        .none("connected_slaves", "Replicas."),
        .none("master_failover_state", "How far a failover is.", "no-failover", kind: .text),
        InfoField("master_replid", .text, "Forty digits that name the history of the data.") {
            $0.server.identity.replication
        },
        InfoField("master_replid2", .text, "The history before it.") {
            $0.server.identity.formerReplication
        },
        InfoField("master_repl_offset", .counter, "Bytes that replicas were sent.") { _ in 0 },
        .none("second_repl_offset", "Up to where the former history is valid.", "-1"),
        .none("repl_backlog_active", "Whether something is kept for replicas that come back."),
        InfoField("repl_backlog_size", .gauge, "Bytes that may be kept for them.") {
            $0.settings.replication.backlogSize
        },
        .none("repl_backlog_first_byte_offset", "The first byte that is kept."),
        .none("repl_backlog_histlen", "Bytes that are kept."),
    ]

    static let processor: [InfoField] = [
        InfoField("used_cpu_sys", .counter, "Seconds in the kernel.") {
            seconds($0.processor.system)
        },
        InfoField("used_cpu_user", .counter, "Seconds in the program.") {
            seconds($0.processor.user)
        },
        InfoField("used_cpu_sys_children", .counter, "Seconds of children in the kernel.") {
            seconds($0.processor.childrenSystem)
        },
        InfoField("used_cpu_user_children", .counter, "Seconds of children.") {
            seconds($0.processor.childrenUser)
        },
        InfoField("used_cpu_sys_main_thread", .counter, "Seconds of this thread in the kernel.") {
            seconds($0.processor.threadSystem)
        },
        InfoField("used_cpu_user_main_thread", .counter, "Seconds of this thread.") {
            seconds($0.processor.threadUser)
        },
    ]

    static let cluster: [InfoField] = [
        InfoField("cluster_enabled", .gauge, "Whether the server is a node of a cluster.") {
            $0.settings.cluster.isEnabled
        }
    ]

    private static func seconds(_ microseconds: Int64) -> FixedDecimal {
        FixedDecimal(value: Double(microseconds) / 1_000_000, places: 6)
    }
}
