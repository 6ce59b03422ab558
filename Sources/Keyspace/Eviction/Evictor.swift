import Bytes
import Configuration
import Structures

/// Chooses which key makes room, and removes it.
///
/// As in Redis the choice is an approximation: a few keys of each database are sampled, and the best
/// victim among them and the best of earlier samples goes.
public struct Evictor {
    private(set) var pool = EvictionPool()
    private var policy = EvictionPolicy.noeviction
    /// Keys to be sampled in each database for each one evicted.
    private var samples = 5
    /// The database whose turn it is, where any key does.
    private var nextDatabase = 0

    public init() {}

    /// Scores of different policies do not compare, so a change of policy forgets the samples.
    public mutating func apply(_ settings: MemorySettings) {
        if settings.policy != policy { pool.removeAll() }
        policy = settings.policy
        samples = settings.samples
    }

    /// Removes one key as the policy asks. Returns false when there is none that may go.
    ///
    /// - Parameter random: gives 64 random bits a call.
    public mutating func evictOne(from keyspace: Keyspace, random: () -> UInt64) -> Bool {
        switch policy {
        case .noeviction: return false
        case .allkeysRandom, .volatileRandom: return evictAny(from: keyspace, random)
        default: return evictBest(from: keyspace, random)
        }
    }

    private mutating func evictAny(from keyspace: Keyspace, _ random: () -> UInt64) -> Bool {
        for _ in 0..<keyspace.databaseCount {
            nextDatabase = (nextDatabase + 1) % keyspace.databaseCount
            let database = keyspace[nextDatabase]
            guard let hash = database.randomHash(wantsDeadline: policy.wantsDeadline, random)
            else { continue }
            return database.evict(hash, wantsDeadline: policy.wantsDeadline)
        }
        return false
    }

    private mutating func evictBest(from keyspace: Keyspace, _ random: () -> UInt64) -> Bool {
        while sample(keyspace, random) {
            while let best = pool.takeBest() {
                let database = keyspace[best.database]
                if database.evict(best.hash, wantsDeadline: policy.wantsDeadline) { return true }
            }
        }
        return false
    }

    /// Fills the pool. Returns false when no key may go.
    private mutating func sample(_ keyspace: Keyspace, _ random: () -> UInt64) -> Bool {
        var isAnyThere = false
        for index in 0..<keyspace.databaseCount {
            let database = keyspace[index]
            guard database.evictableCount(wantsDeadline: policy.wantsDeadline) > 0 else {
                continue
            }
            isAnyThere = true
            let clock = database.shared.value.evictionClock
            let measure = policy.measure
            database.sample(samples, wantsDeadline: policy.wantsDeadline, random) { entry in
                let score = measure.score(entry, clock)
                guard pool.wants(score) else { return }
                pool.offer(
                    EvictionPool.Candidate(
                        score: score, hash: KeyHash.hash(entry.key), database: index))
            }
        }
        return isAnyThere
    }
}

extension EvictionMeasure {
    /// How good a victim an entry is; the higher, the better.
    func score(_ entry: Entry, _ clock: EvictionClock) -> UInt64 {
        switch self {
        case .idleTime: UInt64(clock.idleSeconds(entry.clock))
        case .frequency: UInt64(255 - clock.frequency(entry.clock))
        case .deadline: .max - UInt64(max(0, entry.deadline ?? 0))
        case .chance: 0
        }
    }
}
