import Bytes
import Keyspace
import RESP

extension SetCommands {
    static let srandmember = DataCommand(
        CommandDeclaration(
            "srandmember", arity: -2, [.readOnly], categories: [.set],
            keys: [.key([.readOnly, .access])], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Returns members of a set drawn at random.",
                complexity: """
                    Without the count argument O(1), otherwise O(N) where N is the absolute value \
                    of the passed count.
                    """,
                since: "1.0.0", group: .set,
                arguments: [.key(), .integer("count", .optional, since: "2.6.0")],
                history: [("2.6.0", "Added the optional `count` argument.")]))
    ) { arguments, execution throws(CommandError) in
        switch arguments.count {
        case 2:
            guard let set = try execution.set(of: arguments[1]) else {
                return execution.replies.null()
            }
            execution.replies.member(set.randomMember { execution.random() })
        case 3:
            let count = try arguments.integer(2)
            guard count >= -Int64.max else {
                throw .text(
                    """
                    ERR value is out of range, value must between -9223372036854775807 and \
                    9223372036854775807
                    """)
            }
            guard let set = try execution.set(of: arguments[1]), count != 0 else {
                return execution.replies.array(0)
            }
            if count < 0 {
                drawEach(Int(-count), from: set, &execution)
            } else {
                drawDistinct(Int(count), from: set, &execution)
            }
        default: throw .syntax
        }
    }

    /// Draws members one by one; the same one may come again.
    private static func drawEach(
        _ count: Int, from set: SetContents, _ execution: inout Execution
    ) {
        execution.replies.array(count)
        for _ in 0..<count {
            execution.replies.member(set.randomMember { execution.random() })
        }
    }

    /// Draws members that differ, or all when there are no more.
    private static func drawDistinct(
        _ count: Int, from set: SetContents, _ execution: inout Execution
    ) {
        let size = set.count
        let drawn = min(count, size)
        execution.replies.array(drawn)
        guard drawn <= size / drawsPerMember, set.table != nil else {
            return drawPart(drawn, of: set, &execution)
        }
        var seen = SetValue.makeTable()
        let limits = execution.database.setLimits
        while seen.count < drawn {
            let member = set.randomMember { execution.random() }
            if seen.add(member, limits: limits) { execution.replies.member(member) }
        }
        seen.free()
    }

    /// From this share of a large set on, drawing until members differ takes longer than a walk.
    private static let drawsPerMember = 3

    /// Walks over the set and takes each member with the likelihood that leaves an even draw.
    private static func drawPart(
        _ count: Int, of set: SetContents, _ execution: inout Execution
    ) {
        var wanted = UInt64(count)
        var left = UInt64(set.count)
        var walk = SetWalk(set)
        while wanted > 0, let member = walk.next() {
            let draw = wanted == left ? 0 : execution.random().multipliedFullWidth(by: left).high
            if draw < wanted {
                execution.replies.member(member)
                wanted -= 1
            }
            left -= 1
        }
    }
}
