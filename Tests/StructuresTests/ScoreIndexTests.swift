import Structures
import Testing

@Suite struct ScoreIndexTests {
    /// - Parameter mask: of the hashes that occur; a narrow one makes them meet.
    @Test(arguments: [UInt32.max, 0xff00_0001, 0x0000_001f])
    func holdsWhatADictionaryHolds(mask: UInt32) {
        let place = UnsafeMutableRawPointer.allocate(byteCount: ScoreIndex.size, alignment: 8)
        place.initializeMemory(as: UInt64.self, repeating: 0, count: 2)
        defer { place.deallocate() }
        let index = ScoreIndex(at: place)
        var model: [UInt32: [Double]] = [:]
        var count = 0
        for step in 0..<20_000 {
            let hash = UInt32.random(in: 0 ... .max) & mask
            let isGrowing = (step / 5000) % 2 == 0
            if isGrowing || count == 0 {
                index.insert(hash, score: Double(step))
                model[hash, default: []].append(Double(step))
                count += 1
            } else if let (hash, scores) = model.randomElement() {
                guard let matches = index.matches(of: hash) else {
                    Issue.record("a hash is missing")
                    return
                }
                #expect(matches.range.map { matches.score($0) }.sorted() == scores.sorted())
                let match = matches.range.randomElement()!
                let score = matches.score(match)
                if step % 3 == 0 {
                    matches.setScore(-Double(step), at: match)
                    model[hash] = scores.map { $0 == score ? -Double(step) : $0 }
                } else {
                    index.remove(matches, at: match)
                    let left = scores.filter { $0 != score }
                    model[hash] = left.isEmpty ? nil : left
                    count -= 1
                }
            }
            if step % 500 == 0 { #expect(index.checkInvariants() == count) }
        }
        var seen = 0
        var cursor: UInt32 = 0
        repeat {
            cursor = index.scan(from: cursor, count: 10) { hash, score in
                seen += 1
                #expect(model[hash]?.contains(score) == true)
            }
        } while cursor != 0
        #expect(seen == count)
        index.free()
        #expect(index.memoryUsage == 0)
    }
}
