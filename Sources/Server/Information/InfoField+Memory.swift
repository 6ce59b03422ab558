import Bytes
import Configuration
import Keyspace
import Platform

extension InfoField {
    static let memory: [InfoField] =
        used + [
            InfoField("allocator_allocated", .gauge, "Bytes handed out.") {
                $0.memory.process.allocated
            },
            InfoField("allocator_active", .gauge, "Bytes of pages with something handed out.") {
                $0.memory.process.active
            },
            InfoField("allocator_resident", .gauge, "Bytes that the allocator holds.") {
                $0.memory.process.allocatorResident
            },
            InfoField("total_system_memory", .gauge, "Memory of the machine.") { $0.host.memory },
            InfoField("total_system_memory_human", .text, "The same for people.") {
                HumanSize(bytes: $0.host.memory)
            },
        ] + scripts + limits + fragmentation + buffers

    private static let used: [InfoField] = [
        InfoField("used_memory", .gauge, "Bytes that the allocator has handed out.") {
            $0.memory.used
        },
        InfoField("used_memory_human", .text, "The same for people.") {
            HumanSize(bytes: $0.memory.used)
        },
        InfoField("used_memory_rss", .gauge, "Bytes in physical memory.") {
            $0.memory.process.resident
        },
        InfoField("used_memory_rss_human", .text, "The same for people.") {
            HumanSize(bytes: $0.memory.process.resident)
        },
        InfoField("used_memory_peak", .gauge, "The most that was handed out.") { $0.memory.peak },
        InfoField("used_memory_peak_human", .text, "The same for people.") {
            HumanSize(bytes: $0.memory.peak)
        },
        InfoField("used_memory_peak_perc", .gauge, "What is used, of the most.") {
            Percentage(part: $0.memory.used, whole: $0.memory.peak)
        },
        InfoField("used_memory_overhead", .gauge, "Bytes that are not data.") {
            $0.memory.overhead
        },
        InfoField("used_memory_startup", .gauge, "Bytes that were used at the start.") {
            $0.memory.startup
        },
        InfoField("used_memory_dataset", .gauge, "Bytes of keys and values.") {
            $0.memory.dataset
        },
        InfoField("used_memory_dataset_perc", .gauge, "Data, of what was added since start.") {
            Percentage(part: min($0.memory.dataset, $0.memory.added), whole: $0.memory.added)
        },
    ]

    private static let scripts: [InfoField] = [
        InfoField("used_memory_lua", .gauge, "Bytes of the interpreter of scripts.") {
            $0.server.scripts.interpreterMemory
        },
        InfoField("used_memory_vm_eval", .gauge, "Bytes of the interpreter of EVAL.") {
            $0.server.scripts.interpreterMemory
        },
        InfoField("used_memory_lua_human", .text, "Bytes of the interpreter for people.") {
            HumanSize(bytes: UInt64($0.server.scripts.interpreterMemory))
        },
        InfoField("used_memory_scripts_eval", .gauge, "Bytes of what is kept of scripts.") {
            $0.server.scripts.cache.memoryUsage
        },
        InfoField("number_of_cached_scripts", .gauge, "Scripts that are kept.") {
            $0.server.scripts.cache.count
        },
        InfoField("number_of_functions", .gauge, "Functions.") {
            $0.server.functions.libraries.functionCount
        },
        InfoField("number_of_libraries", .gauge, "Libraries of functions.") {
            $0.server.functions.libraries.all.count
        },
        InfoField("used_memory_vm_functions", .gauge, "Bytes of the interpreter of functions.") {
            $0.server.functions.interpreterMemory
        },
        InfoField("used_memory_vm_total", .gauge, "Bytes of both interpreters.") {
            $0.server.interpretersMemory
        },
        InfoField("used_memory_vm_total_human", .text, "The same for people.") {
            HumanSize(bytes: UInt64($0.server.interpretersMemory))
        },
        InfoField("used_memory_functions", .gauge, "Bytes of what is kept of functions.") {
            $0.server.functions.libraries.memoryUsage
        },
        InfoField("used_memory_scripts", .gauge, "Bytes of what is kept of scripts and functions.")
        {
            $0.server.scriptsMemory
        },
        InfoField("used_memory_scripts_human", .text, "The same for people.") {
            HumanSize(bytes: UInt64($0.server.scriptsMemory))
        },
    ]

    private static let limits: [InfoField] = [
        InfoField("maxmemory", .gauge, "Bytes that may be used; 0 is no limit.") {
            $0.settings.memory.max
        },
        InfoField("maxmemory_human", .text, "The same for people.") {
            HumanSize(bytes: $0.settings.memory.max)
        },
        InfoField("maxmemory_policy", .text, "What makes room when memory is full.") {
            $0.settings.memory.policy.rawValue
        },
    ]

    private static let fragmentation: [InfoField] = [
        InfoField("allocator_frag_ratio", .gauge, "Active to allocated.") {
            FixedDecimal.ratio($0.memory.process.active, $0.memory.process.allocated)
        },
        InfoField("allocator_frag_bytes", .gauge, "Active without allocated.") {
            Int64($0.memory.process.active) - Int64($0.memory.process.allocated)
        },
        InfoField("allocator_rss_ratio", .gauge, "Held by the allocator to active.") {
            FixedDecimal.ratio($0.memory.process.allocatorResident, $0.memory.process.active)
        },
        InfoField("allocator_rss_bytes", .gauge, "Held by the allocator without active.") {
            Int64($0.memory.process.allocatorResident) - Int64($0.memory.process.active)
        },
        InfoField("rss_overhead_ratio", .gauge, "Physical memory to what the allocator holds.") {
            FixedDecimal.ratio($0.memory.process.resident, $0.memory.process.allocatorResident)
        },
        InfoField("rss_overhead_bytes", .gauge, "Physical memory without the allocator's.") {
            Int64($0.memory.process.resident) - Int64($0.memory.process.allocatorResident)
        },
        InfoField("mem_fragmentation_ratio", .gauge, "Physical memory to what is used.") {
            FixedDecimal.ratio($0.memory.process.resident, $0.memory.used)
        },
        InfoField("mem_fragmentation_bytes", .gauge, "Physical memory without what is used.") {
            Int64($0.memory.process.resident) - Int64($0.memory.used)
        },
    ]

    private static let buffers: [InfoField] = [
        InfoField("mem_not_counted_for_evict", .gauge, "Buffers that eviction cannot help.") {
            $0.server.memoryNotCounted
        },
        .none("mem_replication_backlog", "Bytes kept for replicas that come back."),
        .none("mem_total_replication_buffers", "Bytes kept for replicas."),
        .none("mem_clients_slaves", "Bytes of buffers of replicas."),
        InfoField("mem_clients_normal", .gauge, "Bytes of buffers of clients.") {
            $0.memory.clients
        },
        .none("mem_cluster_links", "Bytes of buffers of other nodes."),
        InfoField("mem_aof_buffer", .gauge, "Bytes of the log that the kernel has not got yet.") {
            $0.memory.logBuffer
        },
        InfoField("mem_allocator", .text, "The allocator.") { _ in "jemalloc" },
        .none("active_defrag_running", "Percent of time that goes into defragmentation."),
        InfoField("lazyfree_pending_objects", .gauge, "Keys and values that wait to be freed.") {
            $0.server.pendingFreeCount
        },
        InfoField("lazyfreed_objects", .counter, "Large values that another thread has freed.") {
            $0.statistics.valuesFreedElsewhere
        },
    ]
}

extension Server {
    /// Bytes of the interpreters of scripts and of functions.
    fileprivate var interpretersMemory: Int {
        scripts.interpreterMemory + functions.interpreterMemory
    }

    /// Bytes of what is kept of scripts and functions.
    fileprivate var scriptsMemory: Int {
        scripts.cache.memoryUsage + functions.libraries.memoryUsage
    }
}
