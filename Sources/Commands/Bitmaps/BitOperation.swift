import Bytes
import Keyspace
import RESP

extension BitmapCommands {
    static let bitop = DataCommand(
        CommandDeclaration(
            "bitop", arity: -4, [.write, .denyOOM], categories: [.bitmap],
            keys: [
                .key([.overwrite, .update], at: 2), .keys([.readOnly, .access], from: 3),
            ],
            docs: CommandDocs(
                "Combines strings bit by bit and stores the result.",
                complexity: "O(N)", since: "2.6.0", group: .bitmap,
                arguments: [
                    .oneOf(
                        "operation",
                        [
                            .word("and", "AND"), .word("or", "OR"), .word("xor", "XOR"),
                            .word("not", "NOT"),
                        ]),
                    .key("destkey"), .key("key", .multiple, specification: 1),
                ]))
    ) { arguments, execution throws(CommandError) in
        let operation = try BitOperation(word: arguments[1])
        guard operation != .not || arguments.count == 4 else {
            throw .text("ERR BITOP NOT must be called with a single source key.")
        }
        var rows = BitRows(count: arguments.count - 3)
        for index in 3..<arguments.count {
            let entry = execution.database.entry(of: execution.key(arguments[index]))
            rows.append(try entry.requireString())
        }
        let target = execution.key(arguments[2])

        let count = rows.longest
        if count > 0 {
            execution.database.set(target, rawCount: count, .string("set")) { result in
                rows.combine(by: operation, into: result)
            }
            execution.changed()
        } else if execution.database.delete(target) {
            execution.changed()
        }
        execution.replies.integer(count)
    }
}

extension BitOperation {
    fileprivate init(word: ByteSlice) throws(CommandError) {
        if word.isWord("and") {
            self = .and
        } else if word.isWord("or") {
            self = .or
        } else if word.isWord("xor") {
            self = .xor
        } else if word.isWord("not") {
            self = .not
        } else {
            throw .syntax
        }
    }
}

/// The strings that `BITOP` combines; a missing one is empty. Valid while the keyspace is unchanged.
private struct BitRows: ~Copyable {
    private var rows: SliceList
    /// The digits of integers, of which the rows are slices: there is room for all from the start.
    private var digits: ByteBuffer
    private(set) var longest = 0

    init(count: Int) {
        rows = SliceList(capacity: count)
        digits = ByteBuffer(capacity: count * Decimal.countMax)
    }

    mutating func append(_ value: StringValue?) {
        let row: ByteSlice
        switch value {
        case nil: row = .empty
        case .bytes(let bytes): row = bytes
        case .integer(let integer):
            let start = digits.count
            digits.append(decimal: integer)
            row = digits.bytes[start...]
        }
        rows.append(row)
        longest = max(longest, row.count)
    }

    /// Bytes that are combined at a time, so that the result stays in the processor's cache while
    /// row after row comes in.
    private static let blockSize = 32 << 10

    func combine(by operation: BitOperation, into result: MutableByteSlice) {
        for start in stride(from: 0, to: result.count, by: Self.blockSize) {
            let block = result[start..<min(start + Self.blockSize, result.count)]
            let first = rows.all[0].block(from: start, count: block.count)
            if operation == .not {
                block.combine(with: first, by: .not)
                continue
            }
            block.replace(with: first)
            block[first.count..<block.count].clear()
            for index in 1..<max(1, rows.count) {
                block.combine(
                    with: rows.all[index].block(from: start, count: block.count), by: operation)
            }
        }
    }
}

extension ByteSlice {
    /// The part from an offset on, as far as the slice goes.
    fileprivate func block(from start: Int, count: Int) -> ByteSlice {
        guard start < self.count else { return .empty }
        return self[start..<min(start + count, self.count)]
    }
}
