import Bytes
import Configuration
import Structures
import Testing

@testable import Keyspace

private struct Element: Equatable {
    var member: [UInt8]
    var score: Double

    /// - Parameter number: rises with the place in the order; scores come in threes, and some members
    ///   are longer than a leaf.
    init(_ number: Int) {
        let tail = number % 500 == 9 ? 5000 : number % 30
        member = Array("member:\(100_000 + number)".utf8) + Array(repeating: 0x61, count: tail)
        score = Double(number / 3) - 100
    }

    init(member: [UInt8], score: Double) {
        self.member = member
        self.score = score
    }
}

private let settings = EncodingSettings()

/// - Returns: nothing when a member was found to come twice.
private func loaded(_ numbers: some Sequence<Int>, count: Int) -> SortedSet? {
    var set = SortedSet.make(count: count, settings)
    var batch = ScoredBatch()
    var isDistinct = true
    for element in numbers.lazy.map({ Element($0) }) where isDistinct {
        isDistinct = element.member.withSlice {
            set.append($0, score: element.score, by: &batch, settings)
        }
    }
    let isComplete = set.finish(&batch)
    let isEmptied = batch.isEmpty
    #expect(isEmptied)
    if isDistinct, isComplete { return set }
    set.value.free()
    return nil
}

private func contents(of set: SortedSet) -> [Element] {
    var elements: [Element] = []
    set.forEach { member, score in
        var text = ByteBuffer()
        member.append(to: &text)
        elements.append(Element(member: text.bytes.array, score: score))
    }
    return elements
}

@Suite struct SortedSetBatchTests {
    @Test(arguments: [1, 2, 47, 48, 49, 63, 128, 129, 1000, 20_000])
    func fillsASetThatIsLikeAnyOther(count: Int) throws {
        let expected = (0..<count).map { Element($0) }
        let orders: [[Int]] = [
            Array(0..<count), (0..<count).reversed(), (0..<count).shuffled(),
        ]
        for order in orders {
            // The count of a file decides; a larger one makes a small set large.
            for claimed in [count, 100_000] {
                var set = try #require(loaded(order, count: claimed))
                #expect(set.count == count)
                set.checkInvariants()
                #expect(contents(of: set) == expected)
                for element in expected.prefix(50) {
                    let wasThere = element.member.withSlice { set.remove($0) }
                    #expect(wasThere)
                }
                Array("another".utf8).withSlice { set.insert($0, score: 0.5, settings) }
                set.checkInvariants()
                #expect(set.count == max(0, count - 50) + 1)
                set.value.free()
            }
        }
    }

    @Test(arguments: [[3, 3], Array(0..<1000) + [0], (0..<1000).reversed() + [999]])
    func noticesAMemberThatComesTwice(numbers: [Int]) {
        #expect(loaded(numbers, count: 100_000) == nil)
        #expect(loaded(numbers, count: numbers.count) == nil)
    }

    @Test func addsToASetThatHasElements() throws {
        // The first long member makes the small set large while it is being filled.
        let set = try #require(loaded(0..<100, count: 100))
        #expect(set.value.encoding == .skiplist)
        set.checkInvariants()
        #expect(contents(of: set) == (0..<100).map { Element($0) })
        set.value.free()
        #expect(loaded(Array(0..<100) + [4], count: 100) == nil)
    }
}
