import Bytes
import Platform
import PlatformSimulation
import Testing

@testable import Server

@Suite struct PatternIndexTests {
    private func candidates(_ index: PatternIndex, _ channel: String) -> [Int] {
        var numbers: [Int] = []
        channel.withSlice { index.forEachCandidate(of: $0) { numbers.append($0) } }
        return numbers.sorted()
    }

    @Test(arguments: [
        ("news.*", "news."), ("news", "news"), ("*", ""), ("h?llo", "h"), ("a[bc]", "a"),
        ("a\\*b", "a"), ("", ""),
    ])
    func whatAPatternSaysAtItsFront(pattern: String, front: String) {
        let found = pattern.withSlice { PatternIndex.front(of: $0).text }
        #expect(found == front)
    }

    @Test(arguments: [
        ("*.created", ".created"), ("*", ""), ("*a?b", "b"), ("*[ab]c", ""), ("*\\ab", ""),
        ("*a]b", "a]b"), ("", ""),
    ])
    func whatAPatternSaysAtItsEnd(pattern: String, end: String) {
        let found = pattern.withSlice { PatternIndex.end(of: $0).text }
        #expect(found == end)
    }

    @Test func onlyPatternsOfTheChannelsOwnPartsAreLookedAt() {
        var index = PatternIndex()
        for (number, pattern) in ["user:1:*", "user:2:*", "*.made", "*.sent", "*[x]"].enumerated() {
            pattern.withSlice { index.insert(number, $0) }
        }
        #expect(candidates(index, "user:2:x") == [1, 4])
        #expect(candidates(index, "order.sent") == [3, 4])
        #expect(candidates(index, "") == [4])
        index.checkInvariants()
    }

    /// Every pattern that matches is a candidate, whatever was inserted and removed before.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func noMatchIsMissed(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var index = PatternIndex()
        var patterns: [Int: String] = [:]
        let long = String(repeating: "a", count: PatternIndex.sizeMax + 3)
        let pieces = ["a", "b", "*", "?", "[ab]", "[^a]", "\\*", "[", "]", "\\", long]
        func text(_ pieces: [String]) -> String {
            (0..<random.below(5)).map { _ in pieces[random.index(below: pieces.count)] }.joined()
        }
        for number in 0..<600 {
            if random.below(3) == 0, let leaving = patterns.keys.min() {
                patterns[leaving]?.withSlice { index.remove(leaving, $0) }
                patterns[leaving] = nil
            }
            let pattern = text(pieces)
            patterns[number] = pattern
            pattern.withSlice { index.insert(number, $0) }
            let channel = text(["a", "b", "*", "[", long])
            let matching = patterns.filter { _, pattern in
                channel.withSlice { channel in pattern.withSlice { Glob.matches(channel, $0) } }
            }
            let found = Set(candidates(index, channel))
            #expect(found.isSuperset(of: matching.keys), "\(channel)")
            index.checkInvariants()
        }
    }
}
