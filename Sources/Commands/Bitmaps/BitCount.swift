import Bytes
import Keyspace
import RESP

extension BitmapCommands {
    static let bitcount = DataCommand(
        CommandDeclaration(
            "bitcount", arity: -2, [.readOnly], categories: [.bitmap],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Counts the bits that are set in a string or in a part of it.",
                complexity: "O(N)", since: "2.6.0", group: .bitmap,
                arguments: [.key(), bitRange],
                history: [
                    ("7.0.0", "Added the `BYTE|BIT` option."),
                    ("8.0.0", "The end may be left out."),
                ]))
    ) { arguments, execution throws(CommandError) in
        let range = arguments.count > 2 ? try BitRange(arguments, at: 2) : nil
        let entry = execution.database.entry(of: execution.key(arguments[1]))
        guard let value = try entry.requireString() else { return execution.replies.integer(0) }
        let bytes = execution.bytes(of: value)
        guard let range else { return execution.replies.integer(bytes.bitCount) }
        // Two places before the beginning, in the wrong order, select nothing.
        if let end = range.end, range.start < 0, end < 0, range.start > end {
            return execution.replies.integer(0)
        }
        execution.replies.integer(range.bits(of: bytes.count).map(bytes.bitCount) ?? 0)
    }

    static let bitRange = ArgumentDocs.block(
        "range", .optional,
        [
            .integer("start"),
            .block(
                "end-unit-block", .optional,
                [
                    .integer("end"),
                    .oneOf(
                        "unit", .optional, since: "7.0.0",
                        [.word("byte", "BYTE"), .word("bit", "BIT")]),
                ]),
        ])
}
