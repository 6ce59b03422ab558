import Bytes
import Keyspace
import RESP

extension BitmapCommands {
    static let bitfield = DataCommand(
        CommandDeclaration(
            "bitfield", arity: -2, [.write, .denyOOM], categories: [.bitmap],
            keys: [
                .key(
                    [.readWrite, .access, .update, .variableFlags],
                    notes: "This command allows both access and modification of the key")
            ],
            docs: CommandDocs(
                "Reads and changes numbers of any width within a string.",
                complexity: "O(1) for each subcommand specified", since: "3.2.0",
                group: .bitmap,
                arguments: [
                    .key(), .oneOf("operation", [.optional, .multiple], [getBlock, writeBlock]),
                ]))
    ) { arguments, execution throws(CommandError) in
        let (count, countNeeded) = try survey(arguments, execution)
        guard let countNeeded else {
            return try replyFields(arguments, count, &execution)
        }
        let key = execution.key(arguments[1])
        let old = try execution.database.entryForChange(of: key).requireString()

        let oldCount = old?.count ?? 0
        if old == nil { execution.database.set(key, rawCount: 0, nil) { _ in } }
        let bits = execution.database.rawString(of: key, count: max(oldCount, countNeeded))
        let grows = countNeeded > oldCount
        execution.replies.array(count)
        var reader = BitFieldReader(arguments)
        var changes = 0
        while let operation = try reader.next(execution) {
            if execution.replies.field(operation, in: bits, grows: grows) { changes += 1 }
        }
        // A string that grew has changed, even if no number fitted; but nobody is told of that.
        let event = changes > 0 ? KeyEvent.string("setbit") : nil
        if grows { changes = max(changes, 1) }
        guard changes > 0 else { return }
        execution.database.changedInPlace(key, event)
        execution.changed(changes)
    }

    static let bitfieldReadOnly = DataCommand(
        CommandDeclaration(
            "bitfield_ro", arity: -2, [.readOnly, .fast], categories: [.bitmap],
            keys: [.key([.readOnly, .access])],
            docs: CommandDocs(
                "Reads numbers of any width within a string.",
                complexity: "O(1) for each subcommand specified", since: "6.0.0",
                group: .bitmap,
                arguments: [
                    .key(),
                    ArgumentDocs(
                        "get-block", .block, token: "GET",
                        [.optional, .multiple, .multipleToken],
                        parts: [.string("encoding"), .integer("offset")]),
                ]))
    ) { arguments, execution throws(CommandError) in
        let (count, countNeeded) = try survey(arguments, execution)
        guard countNeeded == nil else {
            throw .text("ERR BITFIELD_RO only supports the GET subcommand")
        }
        try replyFields(arguments, count, &execution)
    }

    /// Reads a whole request: the number of its steps, and the bytes that those need which write.
    private static func survey(
        _ arguments: Slices, _ execution: borrowing Execution
    ) throws(CommandError) -> (count: Int, countNeeded: Int?) {
        var reader = BitFieldReader(arguments)
        var count = 0
        var countNeeded: Int?
        while let operation = try reader.next(execution) {
            count += 1
            guard operation.kind != .get else { continue }
            countNeeded = max(countNeeded ?? 0, operation.countNeeded)
        }
        return (count, countNeeded)
    }

    /// Answers a request whose steps all read.
    private static func replyFields(
        _ arguments: Slices, _ count: Int, _ execution: inout Execution
    ) throws(CommandError) {
        let entry = execution.database.entry(of: execution.key(arguments[1]))
        let bytes = try entry.requireString().map { execution.bytes(of: $0) } ?? .empty
        execution.replies.array(count)
        var reader = BitFieldReader(arguments)
        while let operation = try reader.next(execution) {
            execution.replies.integer(bytes.field(operation))
        }
    }

    private static let getBlock = ArgumentDocs(
        "get-block", .block, token: "GET", parts: [.string("encoding"), .integer("offset")])

    private static let writeBlock = ArgumentDocs.block(
        "write",
        [
            ArgumentDocs(
                "overflow-block", .oneOf, token: "OVERFLOW", .optional,
                parts: [.word("wrap", "WRAP"), .word("sat", "SAT"), .word("fail", "FAIL")]),
            .oneOf(
                "write-operation",
                [
                    ArgumentDocs(
                        "set-block", .block, token: "SET",
                        parts: [.string("encoding"), .integer("offset"), .integer("value")]),
                    ArgumentDocs(
                        "incrby-block", .block, token: "INCRBY",
                        parts: [.string("encoding"), .integer("offset"), .integer("increment")]),
                ]),
        ])
}

extension ByteSlice {
    /// The number in a field; what lies behind the end is zero.
    fileprivate func field(_ operation: BitFieldOperation) -> Int64 {
        operation.type.value(
            ofBits: bits(at: operation.offset, count: operation.type.width))
    }
}

extension ReplyWriter {
    /// Does one step and answers it. Returns whether it changed something.
    ///
    /// - Parameter grows: whether the string was made longer for the request, which Redis counts as
    ///   a change by every step that writes.
    fileprivate func field(
        _ operation: BitFieldOperation, in bits: MutableByteSlice, grows: Bool
    ) -> Bool {
        let old = bits.bytes.field(operation)
        let (value, increment) =
            operation.kind == .increment ? (old, operation.value) : (operation.value, 0)
        guard operation.kind != .get else {
            integer(old)
            return false
        }
        guard let new = operation.type.sum(of: value, and: increment, operation.overflow) else {
            null()
            return false
        }
        integer(operation.kind == .set ? old : new)
        bits.setBits(
            at: operation.offset, count: operation.type.width, to: UInt64(bitPattern: new))
        return grows || old != new
    }
}
