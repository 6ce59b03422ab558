import Bytes
import Configuration
import Keyspace
import Persistence
import Platform

/// What the fields of one `INFO` read: the server, and measures that are taken once for all.
final class InfoMoment {
    let server: Server
    private(set) lazy var memory = InfoMemory(server)
    private(set) lazy var processor = server.world.process.processorTimes()
    private(set) lazy var host = server.world.process.host()

    private(set) lazy var space = server.diskSpace

    init(_ server: Server) { self.server = server }

    /// Monotonic microseconds.
    var now: Int64 { server.world.clock.monotonicMicroseconds }
    var settings: Settings { server.configuration.settings }
    var statistics: ServerStatistics { server.statistics }
    var persistence: PersistenceState { server.persistence }
    var appendLog: AppendLog? { server.persistence.appendLog }
    var uptimeSeconds: Int64 { server.clock.monotonicSeconds - server.identity.startedMonotonic }
}

/// Where the memory of this moment is, in bytes.
struct InfoMemory {
    let process: ProcessMemory
    let used: UInt64
    let peak: UInt64
    let startup: UInt64
    /// Buffers of clients and what is kept for each of them.
    let clients: UInt64
    /// What the log has not given to the kernel yet.
    let logBuffer: UInt64
    /// Everything that is not data: what was there at start, tables, buffers.
    let overhead: UInt64

    init(_ server: Server) {
        process = server.world.process.memory()
        used = process.allocated
        server.statistics.peakMemory = max(server.statistics.peakMemory, used)
        peak = server.statistics.peakMemory
        startup = server.identity.startupMemory
        var buffers = 0
        for client in server.clients.all {
            buffers += MemoryLayout<Client>.size
            buffers += client.value.query.capacity + client.value.replies.value.capacity
        }
        clients = UInt64(buffers)
        logBuffer = UInt64(server.persistence.appendLog?.bufferedBytes ?? 0)
        overhead = startup + clients + logBuffer + UInt64(server.keyspace.tableSize)
    }

    var dataset: UInt64 { used > overhead ? used - overhead : 0 }
    /// What was added since the start.
    var added: UInt64 { used > startup ? used - startup : 0 }
}
