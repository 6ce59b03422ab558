import Platform

extension Server {
    /// Bytes that the allocator has handed out: its own figure of the last round, and what this
    /// thread has added since.
    var usedMemory: UInt64 {
        let added = allocation.balance - memoryAtRound.balance
        let used = Int64(memoryAtRound.total) + Int64(added)
        return used > 0 ? UInt64(used) : 0
    }

    /// Rounds between two readings of the allocator's figure for all threads.
    private static let roundsPerReading: UInt64 = 10

    func measureMemory() {
        guard roundCount % Self.roundsPerReading == 1 || memoryAtRound.total == 0 else { return }
        memoryAtRound = (world.process.memory().allocated, allocation.balance)
    }

    func trackMemory() {
        statistics.peakMemory = max(statistics.peakMemory, usedMemory)
    }
}
