import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hrandfield = DataCommand(
        CommandDeclaration(
            "hrandfield", arity: -2, [.readOnly], categories: [.hash],
            keys: [.key([.readOnly, .access])], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Returns fields of a hash, drawn at random.",
                complexity: "O(N) where N is the number of fields returned", since: "6.2.0",
                group: .hash,
                arguments: [
                    .key(),
                    .block(
                        "options", .optional,
                        [.integer("count"), .word("withvalues", "WITHVALUES", .optional)]),
                ]))
    ) { arguments, execution throws(CommandError) in
        guard arguments.count > 2 else {
            guard let hash = try execution.hash(at: arguments[1]), hash.liveCount > 0 else {
                return execution.replies.null()
            }
            let field = hash.randomField { execution.random() }
            return execution.replies.string(field.field)
        }
        let options = try RandomFieldOptions(arguments)
        guard let hash = try execution.hash(at: arguments[1]), options.count != 0 else {
            return execution.replies.array(0)
        }
        draw(from: hash, options, &execution)
    }

    private static func draw(
        from hash: HashView, _ options: RandomFieldOptions, _ execution: inout Execution
    ) {
        let replies = execution.replies
        let size = hash.liveCount
        guard size > 0 else { return replies.array(0) }
        let count = options.repeats ? options.count : min(options.count, size)
        replies.array(count * (options.hasValues && !replies.isVersion3 ? 2 : 1))
        if options.repeats {
            for _ in 0..<count {
                write(hash.randomField { execution.random() }, options, to: replies)
            }
        } else if count * 3 < size {
            // Few of many: those drawn before are drawn again rarely.
            var drawn: Set<ByteString> = []
            while drawn.count < count {
                let field = hash.randomField { execution.random() }
                var text = ByteBuffer()
                field.field.append(to: &text)
                guard drawn.insert(ByteString(text.bytes)).inserted else { continue }
                write(field, options, to: replies)
            }
        } else {
            // Each of those left is taken with the probability that the missing ones are.
            var (missing, left) = (count, size)
            hash.forEach { field in
                let draw = Int(execution.random().multipliedFullWidth(by: UInt64(left)).high)
                left -= 1
                guard draw < missing else { return }
                missing -= 1
                write(field, options, to: replies)
            }
        }
    }

    private static func write(
        _ field: HashField, _ options: RandomFieldOptions, to replies: ReplyWriter
    ) {
        if options.hasValues, replies.isVersion3 { replies.array(2) }
        replies.string(field.field)
        if options.hasValues { replies.string(field.value) }
    }
}

/// The words behind `HRANDFIELD key`.
struct RandomFieldOptions: Equatable {
    let count: Int
    /// Whether a field may come several times, and as many come as were asked for.
    let repeats: Bool
    let hasValues: Bool

    init(_ arguments: Slices) throws(CommandError) {
        let number = try arguments.integer(2)
        guard number != .min else {
            throw .text(
                """
                ERR value is out of range, value must between -9223372036854775807 and \
                9223372036854775807
                """)
        }
        hasValues = arguments.count > 3
        if hasValues {
            guard arguments.count == 4, arguments[3].isWord("withvalues") else { throw .syntax }
            guard number.magnitude <= UInt64(Int64.max / 2) else {
                throw .text("ERR value is out of range")
            }
        }
        count = Int(number.magnitude)
        repeats = number < 0
    }
}
