import Bytes
import Structures
import Testing

private struct Element: Equatable {
    var score: Double
    var member: String
    static func isBefore(_ left: Element, _ right: Element) -> Bool {
        left.score != right.score
            ? left.score < right.score
            : Array(left.member.utf8).lexicographicallyPrecedes(Array(right.member.utf8))
    }
}

private func contents(_ leaf: ScoredLeaf) -> [Element] {
    leaf.checkInvariants()
    return (0..<leaf.count).map { Element(score: leaf.score($0), member: leaf.member($0).text) }
}

@Suite struct ScoredLeafTests {
    @Test func holdsWhatASortedArrayHolds() {
        var random = SystemRandomNumberGenerator()
        var model = [Element(score: 3, member: "m")]
        var leaf = ByteString("m").withSlice { ScoredLeaf.make($0, score: 3, epoch: 1) }
        for _ in 0..<4000 {
            if model.count < 40, model.count == 1 || Bool.random(using: &random) {
                let element = Element(
                    score: Double(Int.random(in: -2...3, using: &random)),
                    member: String(repeating: "x", count: Int.random(in: 0...9, using: &random))
                        + "\(Int.random(in: 0...99, using: &random))")
                guard !model.contains(element) else { continue }
                let index = ByteString(element.member).withSlice {
                    leaf.countBefore($0, score: element.score)
                }
                #expect(index == model.count { Element.isBefore($0, element) })
                ByteString(element.member).withSlice {
                    leaf.insert($0, score: element.score, at: index)
                }
                model.insert(element, at: index)
            } else {
                let start = Int.random(in: 0..<model.count, using: &random)
                let end = min(model.count, start + Int.random(in: 1...3, using: &random))
                guard end - start < model.count else { continue }
                leaf.remove(start..<end)
                model.removeSubrange(start..<end)
            }
            #expect(contents(leaf) == model)
            #expect(leaf.node.epoch == 1)
        }
        leaf.node.free()
    }

    @Test func dividesAndJoins() {
        var leaf = ByteString("0").withSlice { ScoredLeaf.make($0, score: 0, epoch: 7) }
        for number in 1..<30 {
            ByteString("\(number)").withSlice {
                leaf.insert($0, score: Double(number), at: number)
            }
        }
        let all = contents(leaf)
        let right = leaf.split(at: 11)
        #expect(contents(leaf) + contents(right) == all)
        #expect(leaf.count == 11)
        leaf.append(right)
        #expect(contents(leaf) == all)
        right.node.free()
        leaf.node.free()
    }

    @Test func ordersTheBitsOfScores() {
        let least = Double.leastNonzeroMagnitude
        let scores = [-Double.infinity, -1e300, -2, -1.5, -least, 0, least, 1, 1e20, .infinity]
        #expect(scores.map(\.orderedBits) == scores.map(\.orderedBits).sorted())
        #expect((-0.0).orderedBits == 0.0.orderedBits)
    }
}
