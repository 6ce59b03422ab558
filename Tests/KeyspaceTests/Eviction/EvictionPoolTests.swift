import Testing

@testable import Keyspace

@Suite struct EvictionPoolTests {
    private func candidate(_ score: UInt64, _ hash: UInt64) -> EvictionPool.Candidate {
        EvictionPool.Candidate(score: score, hash: hash, database: 0)
    }

    @Test(arguments: 0..<20)
    func theBestOfManySamplesStay(_ seed: UInt64) {
        var random = Draws(seed)
        var pool = EvictionPool()
        var scores: [UInt64] = []
        for hash in 0..<200 as Range<UInt64> {
            let score = random.next() % 100
            pool.offer(candidate(score, hash))
            pool.checkInvariants()
            scores.append(score)
        }
        let best = scores.sorted().suffix(EvictionPool.countMax)
        #expect(pool.candidates.map(\.score) == Array(best))
        for score in best.reversed() {
            let taken = pool.takeBest()
            #expect(taken?.score == score)
        }
        let rest = pool.takeBest()
        #expect(rest == nil)
    }

    @Test func aKeyIsInThePoolOnce() {
        var pool = EvictionPool()
        pool.offer(candidate(5, 1))
        pool.offer(candidate(7, 2))
        pool.offer(candidate(9, 1))
        pool.checkInvariants()
        #expect(pool.candidates == [candidate(7, 2), candidate(9, 1)])
        // Another database may have a key of the same name.
        pool.offer(EvictionPool.Candidate(score: 8, hash: 1, database: 1))
        #expect(pool.candidates.count == 3)
    }

    @Test func aFullPoolRefusesWhatIsNoBetter() {
        var pool = EvictionPool()
        for hash in 0..<UInt64(EvictionPool.countMax) { pool.offer(candidate(10, hash)) }
        pool.offer(candidate(10, 100))
        #expect(!pool.candidates.contains { $0.hash == 100 })
        pool.offer(candidate(11, 101))
        #expect(pool.candidates.last?.hash == 101)
        #expect(pool.candidates.count == EvictionPool.countMax)
    }
}

/// Random bits from a seed (SplitMix64).
struct Draws {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
