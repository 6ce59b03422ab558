import Configuration
import Platform

/// What the allocator said about all threads, and what this thread's counters said then.
struct MemoryReading {
    var total: UInt64 = 0
    var balance = 0
    /// When, in monotonic microseconds.
    var time: Int64 = 0
}

extension Server {
    /// Bytes that the allocator has handed out: its own figure of the last reading, and what this
    /// thread has added since.
    var usedMemory: UInt64 {
        let added = allocation.balance - memoryReading.balance
        let used = Int64(memoryReading.total) + Int64(added)
        return used > 0 ? UInt64(used) : 0
    }

    /// Rounds between two readings of the allocator's figure for all threads.
    private static let roundsPerReading: UInt64 = 10
    /// Microseconds for which a reading is good enough to evict keys by. Other threads free what this
    /// one has allocated, and no key should go for that.
    private static let readingLife: Int64 = 20_000

    func measureMemory() {
        guard roundCount % Self.roundsPerReading == 1 || memoryReading.total == 0 else { return }
        readMemory()
    }

    /// Reads the allocator's figure again, if the last one is too old to evict keys by.
    func refreshMemoryReading() {
        let age = clock.monotonicMicroseconds - memoryReading.time
        if age > Self.readingLife || memoryReading.total == 0 { readMemory() }
    }

    func readMemory() {
        // The reading has it all.
        _ = ioThreads?.round.takeAllocated()
        memoryReading = MemoryReading(
            total: world.process.memory().allocated, balance: allocation.balance,
            time: clock.monotonicMicroseconds)
        followMemoryReading()
    }

    /// Adds what the other threads of a round have allocated, which is in no counter of this one.
    func followMemory(of round: IORound) {
        let change = round.takeAllocated()
        guard change != 0 else { return }
        let total = Int64(clamping: memoryReading.total) + Int64(change)
        memoryReading.total = UInt64(max(0, total))
        followMemoryReading()
    }

    /// Computes anew up to which balance there is certainly room.
    private func followMemoryReading() {
        let limit = configuration.settings.memory.max
        guard limit > 0 else { return limits.memoryBalance = .max }
        let room = Int(clamping: limit) - Int(clamping: memoryReading.total)
        limits.memoryBalance = memoryReading.balance + room
    }

    func trackMemory() {
        statistics.peakMemory = max(statistics.peakMemory, usedMemory)
    }
}
