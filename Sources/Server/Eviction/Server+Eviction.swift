import Commands
import Configuration
import Keyspace
import Persistence
import Platform

// Keeping memory below `maxmemory`. Before every command one comparison tells that there is room;
// only when there may be none, the figure is taken exactly and keys are evicted, for a bounded time.
extension Server {
    /// Whether memory is certainly below its limit.
    var hasRoom: Bool { allocation.balance <= limits.memoryBalance }

    /// Bytes of records on their way to the disk. They do not count, since eviction only adds to them.
    var memoryNotCounted: Int { persistence.appendLog?.bufferSize ?? 0 }

    /// Bytes above the limit.
    private var excess: Int64 {
        let used = Int64(usedMemory) - Int64(memoryNotCounted)
        return used - Int64(clamping: configuration.settings.memory.max)
    }

    /// Takes over the settings, and lets eviction begin by itself when the limit is lower now.
    func applyMemoryLimit() {
        let memory = configuration.settings.memory
        eviction.evictor.apply(memory)
        set(.memoryLimit, memory.max > 0)
        readMemory()
        eviction.isUnderWay = memory.max > 0 && memory.policy.evicts && !hasRoom
    }

    /// Whether keys may go now. While a log cannot be written or is too far behind, or a snapshot has
    /// no room for what would go, memory has to wait.
    private var mayEvict: Bool {
        care.isDisjoint(with: [.loading, .paused, .diskError, .logBehind, .snapshotFull])
    }

    /// Keys evicted between two looks at the clock.
    private static let keysPerLook = 16

    /// Evicts keys until memory is below its limit, as far as the time for it goes.
    func makeRoom() -> MemoryRoom {
        guard mayEvict else { return .enough }
        refreshMemoryReading()
        guard excess > 0 || eviction.isAboveLimit else { return .enough }
        let room = excess > 0 ? evict() : .enough
        // In the usual case one key made room, and the clock need not be read for that.
        eviction.isUnderWay = room == .soon
        if room != .enough || eviction.isAboveLimit {
            eviction.note(room, now: world.clock.monotonicMicroseconds)
        }
        return room
    }

    private func evict() -> MemoryRoom {
        guard configuration.settings.memory.policy.evicts else { return .none }
        let start = world.clock.monotonicMicroseconds
        let timeMax = EvictionTime.max(tenacity: configuration.settings.memory.evictionTenacity)
        var room = MemoryRoom.enough
        var count = 0
        while excess > 0 {
            guard eviction.evictor.evictOne(from: keyspace, random: { execution.random() }) else {
                room = .none
                break
            }
            count += 1
            guard count % Self.keysPerLook == 0 else { continue }
            if world.clock.monotonicMicroseconds - start > timeMax, excess > 0 {
                room = .soon
                break
            }
        }
        // Keys that make room are no part of the command for which they do.
        flushExpiries()
        if configuration.settings.monitoring.latencyThreshold > 0 {
            let milliseconds = (world.clock.monotonicMicroseconds - start) / 1000
            noteLatency("eviction-cycle", milliseconds: milliseconds)
        }
        return room
    }

    /// Goes on where the time was over, and notices that memory is below its limit again.
    func continueEviction() {
        guard eviction.isUnderWay || eviction.isAboveLimit && hasRoom else { return }
        if makeRoom() != .soon { eviction.isUnderWay = false }
    }
}

/// How long eviction may keep a command waiting.
enum EvictionTime {
    /// Microseconds, by Redis's measure of `maxmemory-eviction-tenacity`: up to 10 in steps of 50, then
    /// 15 percent more for each step; 100 is without end.
    static func max(tenacity: Int) -> Int64 {
        guard tenacity > 10 else { return Int64(50 * tenacity) }
        guard tenacity < 100 else { return .max }
        var limit = 500.0
        for _ in 10..<tenacity { limit *= 1.15 }
        return Int64(limit)
    }
}
