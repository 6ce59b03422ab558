import Bytes
import Configuration
import Keyspace

extension CombineRequest {
    /// The combination as a large set of its own, and the bytes of its longest member.
    func result(_ limits: EncodingSettings, longest: inout Int) -> SortedSet {
        var set = SortedSet.make(count: .max, limits)
        var longestFound = 0
        var text = ByteBuffer(capacity: 32)
        func add(_ member: ByteSlice, _ score: Double) {
            longestFound = max(longestFound, member.count)
            if operation == .union, let old = set.score(of: member) {
                let new = joined(old, score)
                if new != old { set.setScore(new, of: member) }
            } else {
                set.insert(member, score: score, limits)
            }
        }
        switch operation {
        case .intersection:
            forEachCommon { member, score in
                add(member, score)
                return true
            }
        case .union:
            for input in inOrderOfCount {
                input.forEach { member, score in
                    add(member.text(using: &text), (input.weight * score).zeroIfNaN)
                }
            }
        case .difference:
            inputs[0].forEach { member, score in
                let member = member.text(using: &text)
                for other in inputs.dropFirst() where other.score(of: member) != nil { return }
                add(member, score)
            }
        }
        longest = longestFound
        return set
    }

    /// The inputs with the fewest members first: the order in which scores are joined, which tells
    /// in the last digits of a sum.
    private var inOrderOfCount: [CombineInput] {
        inputs.enumerated().sorted { left, right in
            (left.element.count, left.offset) < (right.element.count, right.offset)
        }.map(\.element)
    }

    /// Hands out the members that all inputs have, with their joined scores, until `body` says no.
    func forEachCommon(_ body: (ByteSlice, Double) -> Bool) {
        let ordered = inOrderOfCount
        var text = ByteBuffer(capacity: 32)
        var isDone = false
        ordered[0].forEach { member, score in
            guard !isDone else { return }
            let member = member.text(using: &text)
            var sum = (ordered[0].weight * score).zeroIfNaN
            for other in ordered.dropFirst() {
                guard let score = other.score(of: member) else { return }
                sum = joined(sum, other.weight * score)
            }
            isDone = !body(member, sum)
        }
    }
}
