import Bytes
import Keyspace

/// The words of a command that combines sorted sets: its inputs, their weights, and how the scores of
/// a member join.
struct CombineRequest: ~Copyable {
    enum Operation { case union, intersection, difference }
    enum Aggregate { case sum, min, max }
    enum Outcome { case reply, store, count }

    let operation: Operation
    private(set) var inputs: [CombineInput] = []
    private(set) var aggregate = Aggregate.sum
    private(set) var withScores = false
    /// Members at the most that are counted; 0: all.
    private(set) var limit = 0

    /// Reads a request, and looks its keys up.
    ///
    /// - Parameters:
    ///   - name: of the command, in lower case.
    ///   - start: the index of the number of keys.
    init(
        _ operation: Operation, _ outcome: Outcome, of name: StaticString, _ arguments: Slices,
        at start: Int, _ execution: borrowing Execution
    ) throws(CommandError) {
        self.operation = operation
        let number = try arguments.integer(start)
        guard number >= 1 else {
            throw .composed("ERR at least 1 input key is needed for '\(name)' command")
        }
        guard number <= Int64(arguments.count - start - 1) else { throw .syntax }
        let rest = start + 1 + Int(number)
        for index in (start + 1)..<rest {
            inputs.append(try CombineInput(execution.database.entry(of: Key(arguments[index]))))
        }
        try readOptions(arguments, from: rest, outcome)
    }

    private mutating func readOptions(
        _ arguments: Slices, from start: Int, _ outcome: Outcome
    ) throws(CommandError) {
        var index = start
        while index < arguments.count {
            let word = arguments[index]
            let left = arguments.count - index
            let combinesScores = operation != .difference && outcome != .count
            if combinesScores, left > inputs.count, word.isWord("weights") {
                for input in inputs.indices {
                    inputs[input].weight = try arguments.score(
                        index + 1 + input, orElse: .text("ERR weight value is not a float"))
                }
                index += inputs.count
            } else if combinesScores, left >= 2, word.isWord("aggregate") {
                aggregate = try Self.aggregate(arguments[index + 1])
                index += 1
            } else if outcome == .reply, word.isWord("withscores") {
                withScores = true
            } else if outcome == .count, left >= 2, word.isWord("limit") {
                limit = try arguments.count(
                    index + 1, orElse: .text("ERR LIMIT can't be negative"))
                index += 1
            } else {
                throw .syntax
            }
            index += 1
        }
    }

    private static func aggregate(_ word: ByteSlice) throws(CommandError) -> Aggregate {
        if word.isWord("sum") { return .sum }
        if word.isWord("min") { return .min }
        if word.isWord("max") { return .max }
        throw .syntax
    }

    /// The score of a member that has one already and comes again.
    func joined(_ score: Double, _ other: Double) -> Double {
        switch aggregate {
        case .sum: (score + other).zeroIfNaN
        case .min: other < score ? other : score
        case .max: other > score ? other : score
        }
    }
}

extension Double {
    /// Infinities that cancel each other count as nothing.
    var zeroIfNaN: Double { isNaN ? 0 : self }
}

/// An input of a combination: a sorted set, a set whose members all have the score 1, or nothing.
struct CombineInput {
    private enum Contents { case nothing, sortedSet(SortedSet), set(SetContents) }

    private let contents: Contents
    var weight = 1.0

    init(_ entry: Entry?) throws(CommandError) {
        guard let entry else {
            contents = .nothing
            return
        }
        switch entry.type {
        case .sortedSet: contents = .sortedSet(SortedSet(entry))
        case .set: contents = .set(entry.set)
        default: throw .wrongType
        }
    }

    var count: Int {
        switch contents {
        case .nothing: 0
        case .sortedSet(let set): set.count
        case .set(let set): set.count
        }
    }

    func score(of member: ByteSlice) -> Double? {
        switch contents {
        case .nothing: nil
        case .sortedSet(let set): set.score(of: member)
        case .set(let set): set.contains(StringValue(member)) ? 1 : nil
        }
    }

    /// Hands out the members with their scores, without the weight.
    func forEach(_ body: (_ member: StringValue, _ score: Double) -> Void) {
        switch contents {
        case .nothing: break
        case .sortedSet(let set): set.forEach(body)
        case .set(let set): set.forEach { body($0, 1) }
        }
    }
}
