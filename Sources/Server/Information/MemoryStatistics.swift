import Keyspace
import Platform
import RESP

/// The reply to MEMORY STATS: bytes, and what they are of each other.
struct MemoryStatistics {
    private enum Value {
        case bytes(Int64)
        case ratio(Double)
        /// Of a database: the tables of its keys and of its deadlines.
        case tables(keys: Int, deadlines: Int)
    }

    private var fields: [(name: String, value: Value)] = []

    init(_ server: Server) {
        let memory = InfoMemory(server)
        let process = memory.process
        let keyCount = UInt64(server.keyspace.count)
        add("peak.allocated", memory.peak)
        add("total.allocated", memory.used)
        add("startup.allocated", memory.startup)
        add("replication.backlog", 0)
        add("clients.slaves", 0)
        add("clients.normal", memory.clients)
        add("cluster.links", 0)
        add("aof.buffer", memory.logBuffer)
        add("lua.caches", UInt64(server.scripts.cache.memoryUsage))
        add("functions.caches", UInt64(server.functions.libraries.memoryUsage))
        addTables(of: server.keyspace)
        add("overhead.total", memory.overhead)
        add("keys.count", keyCount)
        add("keys.bytes-per-key", keyCount == 0 ? 0 : memory.added / keyCount)
        add("dataset.bytes", memory.dataset)
        addRatio("dataset.percentage", min(memory.dataset, memory.added), memory.added, by: 100)
        addRatio("peak.percentage", memory.used, memory.peak, by: 100)
        add("allocator.allocated", process.allocated)
        add("allocator.active", process.active)
        add("allocator.resident", process.allocatorResident)
        addGrowth("allocator-fragmentation", from: process.allocated, to: process.active)
        addGrowth("allocator-rss", from: process.active, to: process.allocatorResident)
        addGrowth("rss-overhead", from: process.allocatorResident, to: process.resident)
        addRatio("fragmentation", process.resident, memory.used, by: 1)
        addDifference("fragmentation.bytes", from: memory.used, to: process.resident)
    }

    func write(to replies: ReplyWriter) {
        replies.map(fields.count)
        for (name, value) in fields {
            replies.bulk(name)
            switch value {
            case .bytes(let bytes): replies.integer(bytes)
            case .ratio(let ratio): replies.double(ratio)
            case .tables(let keys, let deadlines):
                replies.map(3)
                replies.bulk("overhead.hashtable.main")
                replies.integer(keys)
                replies.bulk("overhead.hashtable.expires")
                replies.integer(deadlines)
                replies.bulk("overhead.hashtable.slot-to-keys")
                replies.integer(0)
            }
        }
    }

    private mutating func addTables(of keyspace: Keyspace) {
        for index in 0..<keyspace.databaseCount where !keyspace[index].isEmpty {
            let deadlines = keyspace[index].deadlineTableSize
            fields.append(
                (
                    "db.\(index)",
                    .tables(
                        keys: keyspace[index].tableSize - deadlines, deadlines: deadlines)
                ))
        }
    }

    private mutating func add(_ name: String, _ bytes: UInt64) {
        fields.append((name, .bytes(Int64(bytes))))
    }

    private mutating func addRatio(
        _ name: String, _ part: UInt64, _ whole: UInt64, by factor: Double
    ) {
        fields.append((name, .ratio(whole == 0 ? 0 : Double(part) / Double(whole) * factor)))
    }

    private mutating func addDifference(_ name: String, from low: UInt64, to high: UInt64) {
        fields.append((name, .bytes(Int64(high) - Int64(low))))
    }

    private mutating func addGrowth(_ name: String, from low: UInt64, to high: UInt64) {
        addRatio(name + ".ratio", high, low, by: 1)
        addDifference(name + ".bytes", from: low, to: high)
    }
}
