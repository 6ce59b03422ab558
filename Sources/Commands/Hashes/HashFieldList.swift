import Bytes
import Keyspace
import RESP

/// The `FIELDS count field …` at the end of the commands over deadlines of fields.
struct HashFieldList: Equatable {
    /// Index of the first field among the arguments.
    let first: Int
    let count: Int

    /// Reads the list that begins at an index and reaches to the end of the request.
    ///
    /// - Parameter countError: what is answered to a count that is not positive.
    init(
        _ arguments: Slices, at index: Int, countError: StaticString
    ) throws(CommandError) {
        guard index + 1 < arguments.count, arguments[index].isWord("fields") else {
            throw .text(
                "ERR Mandatory argument FIELDS is missing or not at the right position")
        }
        guard let number = arguments[index + 1].integer, number > 0 else {
            throw .text(countError)
        }
        guard number == arguments.count - index - 2 else {
            throw .text("ERR The `numfields` parameter must match the number of arguments")
        }
        first = index + 2
        count = Int(number)
    }

    var indices: Range<Int> { first..<(first + count) }

    static let docs = ArgumentDocs(
        "fields", .block, token: "FIELDS",
        parts: [.integer("numfields"), .string("field", .multiple)])

    /// Answers each field of a hash that is not there.
    func answerMissing(_ replies: ReplyWriter) {
        replies.array(count)
        for _ in 0..<count { replies.integer(-2) }
    }
}

extension Execution {
    /// The latest moment that a field's deadline can be, in Unix milliseconds, as in Redis: 46 bits.
    static var fieldDeadlineMax: Int64 { 70_368_744_177_663 }

    /// The moment at which a field goes, in Unix milliseconds.
    ///
    /// - Parameter base: the moment that the time is counted from.
    static func fieldDeadline(
        _ text: ByteSlice, _ unit: TimeUnit, from base: Int64, of name: StaticString
    ) throws(CommandError) -> Int64 {
        guard let time = text.integer else { throw .notAnInteger }
        guard time >= 0 else { throw .text("ERR invalid expire time, must be >= 0") }
        guard time <= fieldDeadlineMax / (unit == .seconds ? 1000 : 1) else {
            throw .invalidExpiry(of: name)
        }
        let milliseconds = unit == .seconds ? time * 1000 : time
        guard milliseconds <= fieldDeadlineMax - base else { throw .invalidExpiry(of: name) }
        return milliseconds + base
    }

    /// Keeps the deadline that a field has besides its value.
    mutating func keepDeadline(_ deadline: Int64, of key: ByteSlice, field: ByteSlice) {
        var words = SliceList()
        words.append(ByteSlice("HPEXPIREAT"))
        words.append(key)
        words.append(decimal(deadline))
        words.append(ByteSlice("FIELDS"))
        words.append(ByteSlice("1"))
        words.append(field)
        keep(words.all)
    }
}

/// The fields that a command has changed, to be kept in one record.
struct ChangedFields: ~Copyable {
    private var fields = SliceList()

    var count: Int { fields.count }

    mutating func append(_ field: ByteSlice) { fields.append(field) }

    /// Keeps `name key [moment] FIELDS count field …`.
    func keep(
        _ name: StaticString, _ key: ByteSlice, at moment: Int64? = nil,
        _ execution: inout Execution
    ) {
        var momentText = ByteBuffer()
        var countText = ByteBuffer()
        var words = SliceList()
        words.append(ByteSlice(name))
        words.append(key)
        if let moment {
            momentText.append(decimal: moment)
            words.append(momentText.bytes)
        }
        words.append(ByteSlice("FIELDS"))
        countText.append(decimal: Int64(count))
        words.append(countText.bytes)
        for index in 0..<count { words.append(fields.all[index]) }
        execution.keep(words.all)
    }

    /// Keeps `HDEL key field …`.
    func keepRemoved(_ key: ByteSlice, _ execution: inout Execution) {
        var words = SliceList()
        words.append(ByteSlice("HDEL"))
        words.append(key)
        for index in 0..<count { words.append(fields.all[index]) }
        execution.keep(words.all)
    }
}
