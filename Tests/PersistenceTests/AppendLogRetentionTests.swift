import Bytes
import Platform
import Testing

@testable import Persistence

@Suite struct AppendLogRetentionTests {
    @Test func keepsWhatWasNotRemoved() {
        var random = SeededRandom(seed: 1)
        var retained = RetainedRecords()
        var expected: [UInt8] = []
        for round in 0..<300 {
            let size = random.index(below: round % 50 == 0 ? 3 << 20 : 50_000)
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ round) }
            bytes.withSlice { retained.append($0) }
            expected += bytes
            if random.chance(1, in: 2) {
                let removed = random.index(below: expected.count + 1)
                retained.removeFirst(removed)
                expected.removeFirst(removed)
            }
            let count = retained.count
            #expect(count == expected.count)
            if round % 20 == 0 {
                var copy = ByteBuffer()
                retained.copy(to: &copy)
                #expect(expected.withSlice { copy.bytes == $0 })
            }
        }
        retained.removeAll()
        let isEmpty = retained.isEmpty
        #expect(isEmpty)
    }
}
