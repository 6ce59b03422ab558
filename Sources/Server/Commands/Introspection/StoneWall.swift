/// A wall of ledger stones in plain characters (`LOLWUT`): courses of stones of chance lengths, and
/// no joint above another.
struct StoneWall {
    static let columnCountMax = 200
    static let courseCountMax = 50

    var columns = 66
    var courses = 8
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func random(below limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }

    /// The wall as lines, each with its end.
    var drawing: String {
        var wall = self
        var above: Set<Int> = []
        var lines: [String] = []
        for course in 0..<courses {
            let joints = wall.joints(avoiding: above)
            lines.append(seam(above.union(joints)))
            lines.append(wall.face(joints))
            if course == courses - 1 { lines.append(seam(joints)) }
            above = joints
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static let stoneMin = 4
    private static let stoneSpread = 11

    /// Where the stones of a course end.
    private mutating func joints(avoiding above: Set<Int>) -> Set<Int> {
        var joints: Set<Int> = []
        var position = 0
        while true {
            position += Self.stoneMin + random(below: Self.stoneSpread)
            while above.contains(position) { position += 1 }
            guard position < columns - Self.stoneMin else { return joints }
            joints.insert(position)
        }
    }

    private func seam(_ joints: Set<Int>) -> String {
        "+" + String((1...columns).map { joints.contains($0) ? "+" : "-" }) + "+"
    }

    /// The visible side of a course: mostly smooth, with a few marks of the chisel.
    private mutating func face(_ joints: Set<Int>) -> String {
        var text = "|"
        for column in 1...columns {
            if joints.contains(column) {
                text += "|"
            } else {
                text += random(below: 8) == 0 ? "." : " "
            }
        }
        return text + "|"
    }
}
