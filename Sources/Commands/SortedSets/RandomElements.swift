import Bytes
import Keyspace
import RESP

extension SortedSetCommands {
    static let zrandmember = DataCommand(
        CommandDeclaration(
            "zrandmember", arity: -2, [.readOnly], categories: [.sortedSet],
            keys: [.key([.readOnly, .access])],
            tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Answers members of a sorted set that are drawn at random.",
                complexity: "O(N) where N is the number of elements returned",
                since: "6.2.0", group: .sortedSet,
                arguments: [
                    .key(),
                    .block(
                        "options", .optional,
                        [
                            .integer("count"),
                            .withScores(),
                        ]),
                ]))
    ) { arguments, execution throws(CommandError) in
        guard arguments.count > 2 else {
            guard let set = try execution.sortedSet(execution.key(arguments[1])) else {
                return execution.replies.null()
            }
            let rank = execution.randomRank(below: set.count)
            let replies = execution.replies
            return set.forEach(ranks: rank..<(rank + 1)) { member, _ in replies.string(member) }
        }
        let count = try arguments.integer(2)
        guard count > .min else {
            throw .text(
                """
                ERR value is out of range, value must between -9223372036854775807 and \
                9223372036854775807
                """)
        }
        let withScores = arguments.count == 4
        guard arguments.count <= 4, !withScores || arguments[3].isWord("withscores") else {
            throw .syntax
        }
        guard !withScores || count.magnitude <= Int64.max / 2 else {
            throw .text("ERR value is out of range")
        }
        guard let set = try execution.sortedSet(execution.key(arguments[1])), count != 0 else {
            return execution.replies.array(0)
        }
        drawn(Int(count), of: set, withScores, &execution)
    }

    /// - Parameter count: different ones, or, if negative, as many as that, each drawn anew.
    private static func drawn(
        _ count: Int, of set: SortedSet, _ withScores: Bool, _ execution: inout Execution
    ) {
        let replies = execution.replies
        func header(_ count: Int) {
            withScores ? replies.scoredArray(count) : replies.array(count)
        }
        func element(_ member: StringValue, _ score: Double) {
            withScores ? replies.scored(member, score) : replies.string(member)
        }
        if count < 0 {
            header(-count)
            for _ in 0..<(-count) {
                let rank = execution.randomRank(below: set.count)
                set.forEach(ranks: rank..<(rank + 1), element)
            }
        } else if count >= set.count {
            header(set.count)
            set.forEach(element)
        } else {
            header(count)
            for rank in execution.randomRanks(count, below: set.count) {
                set.forEach(ranks: rank..<(rank + 1), element)
            }
        }
    }
}

extension Execution {
    fileprivate mutating func randomRank(below count: Int) -> Int {
        Int(random().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Different numbers, each as likely as any other (Floyd's way: as many draws as numbers).
    fileprivate mutating func randomRanks(_ wanted: Int, below count: Int) -> [Int] {
        var seen: Set<Int> = []
        var ranks: [Int] = []
        for last in (count - wanted)..<count {
            let drawn = randomRank(below: last + 1)
            let rank = seen.contains(drawn) ? last : drawn
            seen.insert(rank)
            ranks.append(rank)
        }
        return ranks
    }
}
