import Keyspace

/// What came of an attempt to get below `maxmemory`.
enum MemoryRoom {
    case enough
    /// The time for it was over; it goes on beside the requests.
    case soon
    /// There is nothing more that may go.
    case none
}

/// How far eviction is, and how long memory has been above its limit.
struct EvictionState {
    var evictor = Evictor()
    /// Whether an attempt ran out of time and is to be continued.
    var isUnderWay = false
    /// Since when memory is above its limit, in monotonic microseconds.
    private var exceededSince: Int64?
    /// Microseconds above the limit, without those since `exceededSince`.
    private var exceededBefore: Int64 = 0

    var isAboveLimit: Bool { exceededSince != nil }

    /// Notes what an attempt came to.
    mutating func note(_ room: MemoryRoom, now: Int64) {
        isUnderWay = room == .soon
        if room == .enough {
            exceededBefore += currentExcess(now: now)
            exceededSince = nil
        } else if exceededSince == nil {
            exceededSince = now
        }
    }

    /// Microseconds since memory went above its limit; 0 when it is below.
    func currentExcess(now: Int64) -> Int64 { exceededSince.map { now - $0 } ?? 0 }

    /// Microseconds that memory has been above its limit.
    func totalExcess(now: Int64) -> Int64 { exceededBefore + currentExcess(now: now) }

    /// Begins the statistics anew, as `CONFIG RESETSTAT` asks.
    mutating func resetStatistics(now: Int64) {
        exceededBefore = 0
        if exceededSince != nil { exceededSince = now }
    }
}
