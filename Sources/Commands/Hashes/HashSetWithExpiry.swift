import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hsetex = DataCommand(
        CommandDeclaration(
            "hsetex", arity: -6, [.write, .denyOOM, .fast], categories: [.hash],
            keys: [.key([.readWrite, .update])],
            docs: CommandDocs(
                "Sets fields of a hash and says when they go.",
                complexity: "O(N) where N is the number of fields being set.", since: "8.0.0",
                group: .hash,
                arguments: [
                    .key(),
                    .oneOf(
                        "condition", .optional, [.word("fnx", "FNX"), .word("fxx", "FXX")]),
                    .oneOf(
                        "expiration", .optional,
                        HashExpiryOption.docs + [.word("keepttl", "KEEPTTL")]),
                    ArgumentDocs(
                        "fields", .block, token: "FIELDS",
                        parts: [
                            .integer("numfields"),
                            .block("data", .multiple, [.string("field"), .string("value")]),
                        ]),
                ]))
    ) { arguments, execution throws(CommandError) in
        var found = try execution.hashForChange(at: arguments[1])
        let options = try HashExpiryOptions(arguments, of: .set, at: execution.now)
        guard isWanted(arguments, options, &found, execution) else {
            if let found { execution.settle(found, changed: false, "hset") }
            return execution.replies.integer(0)
        }
        if options.isPast(execution) {
            remove(arguments, options, from: found, &execution)
        } else {
            set(arguments, options, in: found, &execution)
        }
        execution.replies.integer(1)
    }

    /// Whether the condition holds: none of the fields is there, or all are.
    private static func isWanted(
        _ arguments: Slices, _ options: HashExpiryOptions, _ found: inout ChangingHash?,
        _ execution: borrowing Execution
    ) -> Bool {
        guard let condition = options.condition else { return true }
        guard var changing = found else { return condition == .ifNone }
        var holds = true
        for index in stride(from: options.first, to: arguments.count, by: 2) where holds {
            let isThere = execution.field(arguments[index], in: &changing) != nil
            holds = isThere == (condition == .ifAll)
        }
        found = changing
        return holds
    }

    private static func set(
        _ arguments: Slices, _ options: HashExpiryOptions, in found: ChangingHash?,
        _ execution: inout Execution
    ) {
        let change: DeadlineChange
        switch options.expiry {
        case .at(let deadline)?: change = .set(deadline)
        case .keep?: change = .keep
        default: change = .remove
        }
        var changing = found ?? execution.newHash(at: arguments[1], count: options.fieldCount)
        changing.hash.expect(options.fieldCount)
        for index in stride(from: options.first, to: arguments.count, by: 2) {
            execution.expireField(arguments[index], in: &changing)
            changing.hash.set(
                arguments[index], StringValue(arguments[index + 1]), deadline: change)
        }
        execution.settle(changing, "hset")
        if case .set = change {
            execution.database.notify(.hash("hexpire"), execution.key(arguments[1]))
        }
        execution.changed(options.fieldCount)
        keep(arguments, options, &execution)
    }

    /// Keeps the fields with the moment and without the condition, which held.
    private static func keep(
        _ arguments: Slices, _ options: HashExpiryOptions, _ execution: inout Execution
    ) {
        var moment = ByteBuffer()
        var words = SliceList()
        switch options.expiry {
        case .at(let deadline)?:
            moment.append(decimal: deadline)
            words.append(ByteSlice("HSETEX"))
            words.append(arguments[1])
            words.append(ByteSlice("PXAT"))
            words.append(moment.bytes)
        case .keep?:
            words.append(ByteSlice("HSETEX"))
            words.append(arguments[1])
            words.append(ByteSlice("KEEPTTL"))
        default:
            words.append(ByteSlice("HSET"))
            words.append(arguments[1])
        }
        let start = words.count == 2 ? options.first : options.first - 2
        for index in start..<arguments.count { words.append(arguments[index]) }
        execution.keep(words.all)
    }

    /// What a moment in the past comes to: the fields are not there.
    private static func remove(
        _ arguments: Slices, _ options: HashExpiryOptions, from found: ChangingHash?,
        _ execution: inout Execution
    ) {
        guard var changing = found else { return }
        var changed = ChangedFields()
        for index in stride(from: options.first, to: arguments.count, by: 2)
        where changing.hash.remove(arguments[index]) { changed.append(arguments[index]) }
        execution.settle(changing, changed: changed.count > 0, "hdel")
        guard changed.count > 0 else { return }
        execution.changed(changed.count)
        changed.keepRemoved(arguments[1], &execution)
    }
}
