import Bytes
import Keyspace
import RESP

extension HashCommands {
    static let hgetex = DataCommand(
        CommandDeclaration(
            "hgetex", arity: -5, [.write, .fast], categories: [.hash],
            keys: [.key([.readWrite, .access, .update])],
            docs: CommandDocs(
                "Returns the values of fields of a hash and says when they go.",
                complexity: "O(N) where N is the number of specified fields.", since: "8.0.0",
                group: .hash,
                arguments: [
                    .key(),
                    .oneOf(
                        "expiration", .optional,
                        HashExpiryOption.docs + [.word("persist", "PERSIST")]),
                    HashFieldList.docs,
                ]))
    ) { arguments, execution throws(CommandError) in
        let found = try execution.hashForChange(at: arguments[1])
        let options = try HashExpiryOptions(arguments, of: .get, at: execution.now)
        execution.replies.array(options.fieldCount)
        guard var changing = found else {
            for _ in 0..<options.fieldCount { execution.replies.null() }
            return
        }
        var changed = ChangedFields()
        let isPast = options.isPast(execution)
        for index in options.first..<arguments.count {
            let field = execution.field(arguments[index], in: &changing)
            execution.replies.string(field?.value)
            guard let field else { continue }
            switch options.expiry {
            case .persist?:
                guard field.deadline != nil else { continue }
                changing.hash.setDeadline(nil, of: arguments[index])
            case .at(let deadline)?:
                if isPast {
                    changing.hash.remove(arguments[index])
                } else {
                    changing.hash.setDeadline(deadline, of: arguments[index])
                }
            case nil, .keep?: continue
            }
            changed.append(arguments[index])
        }
        execution.settle(
            changing, changed: changed.count > 0, options.event(isPast: isPast))
        guard changed.count > 0 else { return }
        execution.changed(changed.count)
        switch options.expiry {
        case .at where isPast: changed.keepRemoved(arguments[1], &execution)
        case .at(let deadline): changed.keep("HPEXPIREAT", arguments[1], at: deadline, &execution)
        default: changed.keep("HPERSIST", arguments[1], &execution)
        }
    }
}

/// The time of `HGETEX` and `HSETEX`: a word and a number.
struct HashExpiryOption: Equatable {
    let unit: TimeUnit
    let isAbsolute: Bool

    init?(_ word: ByteSlice) {
        if word.isWord("ex") {
            (unit, isAbsolute) = (.seconds, false)
        } else if word.isWord("px") {
            (unit, isAbsolute) = (.milliseconds, false)
        } else if word.isWord("exat") {
            (unit, isAbsolute) = (.seconds, true)
        } else if word.isWord("pxat") {
            (unit, isAbsolute) = (.milliseconds, true)
        } else {
            return nil
        }
    }

    static let docs: [ArgumentDocs] = [
        .integer("seconds", token: "EX"),
        .integer("milliseconds", token: "PX"),
        .unixTime("unix-time-seconds", token: "EXAT"),
        .unixTime("unix-time-milliseconds", token: "PXAT"),
    ]
}

/// The words behind `HGETEX key` and `HSETEX key`.
struct HashExpiryOptions: Equatable {
    enum Command { case get, set }
    enum Expiry: Equatable {
        /// Unix milliseconds.
        case at(Int64)
        case persist, keep
    }
    enum Condition: Equatable { case ifNone, ifAll }

    private(set) var expiry: Expiry?
    private(set) var condition: Condition?
    /// Index of the first field.
    private(set) var first = 0
    private(set) var fieldCount = 0

    /// - Parameter now: Unix milliseconds.
    init(_ arguments: Slices, of command: Command, at now: Int64) throws(CommandError) {
        var index = 2
        while index < arguments.count {
            let word = arguments[index]
            if word.isWord("fields") {
                try readFields(arguments, at: index, command)
                return
            } else if let option = HashExpiryOption(word) {
                guard expiry == nil else { throw Self.severalTimes(command) }
                index += 1
                guard index < arguments.count else { throw .text("ERR missing expire time") }
                expiry = .at(
                    try Execution.fieldDeadline(
                        arguments[index], option.unit, from: option.isAbsolute ? 0 : now,
                        of: command == .get ? "hgetex" : "hsetex"))
            } else if word.isWord(command == .get ? "persist" : "keepttl") {
                guard expiry == nil else { throw Self.severalTimes(command) }
                expiry = command == .get ? .persist : .keep
            } else if command == .set, word.isWord("fnx") || word.isWord("fxx") {
                guard condition == nil else {
                    throw .text("ERR Only one of FXX or FNX arguments can be specified")
                }
                condition = word.isWord("fnx") ? .ifNone : .ifAll
            } else {
                throw .quoting("ERR unknown argument: ", word)
            }
            index += 1
        }
        throw .text("ERR missing FIELDS argument")
    }

    private mutating func readFields(
        _ arguments: Slices, at index: Int, _ command: Command
    ) throws(CommandError) {
        guard index + 2 < arguments.count else {
            throw .wrongArity(command == .get ? "hgetex" : "hsetex")
        }
        guard let number = arguments[index + 1].integer, number > 0, number <= Int32.max else {
            throw .text("ERR invalid number of fields")
        }
        first = index + 2
        fieldCount = Int(number)
        guard first + fieldCount * (command == .get ? 1 : 2) == arguments.count else {
            throw .text("ERR wrong number of arguments")
        }
    }

    private static func severalTimes(_ command: Command) -> CommandError {
        .text(
            command == .get
                ? "ERR Only one of EX, PX, EXAT, PXAT or PERSIST arguments can be specified"
                : "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified")
    }

    /// Whether fields are to go at once. A replay sets every moment: the log has the fields' end.
    func isPast(_ execution: borrowing Execution) -> Bool {
        guard case .at(let deadline)? = expiry else { return false }
        return deadline <= execution.now && !execution.isReplaying
    }

    /// The event of HGETEX when it has changed fields.
    fileprivate func event(isPast: Bool) -> StaticString {
        if isPast { return "hdel" }
        return expiry == .persist ? "hpersist" : "hexpire"
    }
}
