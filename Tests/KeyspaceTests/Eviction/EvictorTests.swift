import Bytes
import Configuration
import Structures
import Testing

@testable import Keyspace

@Suite struct EvictorTests {
    private let now: Int64 = 1_000_000_000

    /// Keys 0…count, the higher the number the better a victim by every measure: longer unused, used
    /// less, dying earlier. Only those with an even number have a deadline.
    private func keyspace(_ count: Int, _ policy: EvictionPolicy) -> Keyspace {
        let keyspace = Keyspace(databaseCount: 4)
        keyspace.shared.value.now = now * 1000
        keyspace.shared.value.evictionClock.seconds = now
        keyspace.shared.value.evictionClock.subject = policy.clockSubject
        let clock = keyspace.shared.value.evictionClock
        for number in 0..<count {
            let mark =
                clock.countsFrequency
                ? clock.mark(frequency: UInt8(255 - number * 255 / count))
                : clock.mark(idleSeconds: Int64(number))
            let deadline = number % 2 == 0 ? (now + 10 * Int64(count - number)) * 1000 : nil
            let name = Array("\(number)".utf8)
            let isNew = name.withSlice {
                keyspace[number % 3].load(
                    Key($0), string: .bytes($0), deadline: deadline, clock: mark)
            }
            precondition(isNew)
        }
        return keyspace
    }

    /// The numbers of the keys that go when so many are to.
    private func evict(_ wanted: Int, of count: Int, _ policy: EvictionPolicy) -> [Int] {
        let keyspace = keyspace(count, policy)
        final class Evicted { var numbers: [Int] = [] }
        let evicted = Evicted()
        keyspace.shared.value.onEvicted = { _, key in evicted.numbers.append(Int(key.text)!) }
        var settings = Settings().memory
        settings.policy = policy
        var evictor = Evictor()
        evictor.apply(settings)
        var draws = Draws(7)
        for _ in 0..<wanted {
            guard evictor.evictOne(from: keyspace, random: { draws.next() }) else { break }
            evictor.pool.checkInvariants()
        }
        #expect(keyspace.shared.value.evicted == UInt64(evicted.numbers.count))
        #expect(keyspace.count == count - evicted.numbers.count)
        return evicted.numbers
    }

    @Test(arguments: EvictionPolicy.allCases.filter { $0.measure != .chance })
    func theWorstHalfGoesFirst(_ policy: EvictionPolicy) {
        let count = 6000
        let evictable = policy.wantsDeadline ? count / 2 : count
        let evicted = evict(evictable / 4, of: count, policy)
        #expect(evicted.count == evictable / 4)
        #expect(!policy.wantsDeadline || evicted.allSatisfy { $0 % 2 == 0 })
        let wellChosen = evicted.filter { $0 >= count / 2 }.count
        #expect(wellChosen * 100 >= evicted.count * 95, "\(wellChosen) of \(evicted.count)")
    }

    @Test(arguments: [EvictionPolicy.allkeysRandom, .volatileRandom])
    func chanceFavoursNobody(_ policy: EvictionPolicy) {
        let evicted = evict(1000, of: 6000, policy)
        #expect(evicted.count == 1000)
        #expect(policy == .allkeysRandom || evicted.allSatisfy { $0 % 2 == 0 })
        let high = evicted.filter { $0 >= 3000 }.count
        #expect((400...600).contains(high), "\(high) of a thousand")
    }

    @Test(arguments: EvictionPolicy.allCases)
    func everythingThatMayGoGoes(_ policy: EvictionPolicy) {
        let evicted = evict(.max, of: 300, policy)
        let expected = policy.evicts ? (policy.wantsDeadline ? 150 : 300) : 0
        #expect(Set(evicted).count == expected)
    }

    @Test func aKeyThatLostItsDeadlineStays() {
        let keyspace = keyspace(6, .volatileTTL)
        var settings = Settings().memory
        settings.policy = .volatileTTL
        var evictor = Evictor()
        evictor.apply(settings)
        var draws = Draws(1)
        // The first eviction fills the pool with the other keys.
        let first = evictor.evictOne(from: keyspace, random: { draws.next() })
        #expect(first)
        for number in 0..<6 {
            Array("\(number)".utf8).withSlice {
                keyspace[number % 3].setDeadline(nil, of: Key($0))
            }
        }
        let second = evictor.evictOne(from: keyspace, random: { draws.next() })
        #expect(!second)
        #expect(keyspace.count == 5)
    }
}
