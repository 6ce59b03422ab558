import Platform
import Testing

@Suite struct SeededRandomTests {
    @Test func aSeedDeterminesTheSequence() {
        var first = SeededRandom(seed: 7)
        var second = SeededRandom(seed: 7)
        var other = SeededRandom(seed: 8)
        let sequence = (0..<100).map { _ in first.next() }
        #expect(sequence == (0..<100).map { _ in second.next() })
        #expect(sequence != (0..<100).map { _ in other.next() })
        #expect(Set(sequence).count == 100)
    }

    @Test func boundsAreKeptAndReached() {
        var random = SeededRandom(seed: 1)
        var seen: Set<UInt64> = []
        for _ in 0..<1000 { seen.insert(random.below(10)) }
        #expect(seen == Set(0..<10))
        let hits = (0..<10_000).filter { _ in random.chance(1, in: 4) }.count
        #expect((2200..<2800).contains(hits))
    }
}
