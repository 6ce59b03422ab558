import Bytes
import Keyspace
import RESP

extension StreamCommands {
    static let xlen = DataCommand(
        CommandDeclaration(
            "xlen", arity: 2, [.readOnly, .fast], categories: [.stream], keys: [.key([.readOnly])],
            docs: CommandDocs(
                "Returns the number of entries of a stream.", complexity: "O(1)", since: "5.0.0",
                group: .stream, arguments: [.key()]))
    ) { arguments, execution throws(CommandError) in
        execution.replies.integer(try execution.stream(at: arguments[1])?.length ?? 0)
    }

    static let xrange = DataCommand(
        CommandDeclaration(
            "xrange", arity: -4, [.readOnly], categories: [.stream],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the entries of a stream between two IDs.",
                complexity:
                    "O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
                since: "5.0.0", group: .stream,
                arguments: [
                    .key(), .string("start"), .string("end"),
                    .integer("count", token: "COUNT", .optional),
                ], history: [("6.2.0", "Added exclusive ranges.")]))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, isReverse: false)
    }

    static let xrevrange = DataCommand(
        CommandDeclaration(
            "xrevrange", arity: -4, [.readOnly], categories: [.stream],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Returns the entries of a stream between two IDs, the last one first.",
                complexity:
                    "O(N) with N being the number of elements returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
                since: "5.0.0", group: .stream,
                arguments: [
                    .key(), .string("end"), .string("start"),
                    .integer("count", token: "COUNT", .optional),
                ], history: [("6.2.0", "Added exclusive ranges.")]))
    ) { arguments, execution throws(CommandError) in
        try range(arguments, &execution, isReverse: true)
    }

    private static func range(
        _ arguments: Slices, _ execution: inout Execution, isReverse: Bool
    ) throws(CommandError) {
        let start = try arguments.streamRangeStart(isReverse ? 3 : 2)
        let end = try arguments.streamRangeEnd(isReverse ? 2 : 3)
        var count = Int.max
        var index = 4
        while index < arguments.count {
            guard arguments[index].isWord("count"), index + 1 < arguments.count else {
                throw .syntax
            }
            count = max(0, Int(try arguments.integer(index + 1)))
            index += 2
        }
        guard let stream = try execution.stream(at: arguments[1]) else {
            return execution.replies.array(0)
        }
        guard count > 0 else { return execution.replies.nullArray() }

        var entries = StreamIterator(stream, from: start, through: end, isReverse: isReverse)
        execution.replies.streamEntries(&entries, countMax: min(count, stream.length))
    }
}
