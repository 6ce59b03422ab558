import Bytes
import Keyspace
import RESP

extension SetCommands {
    static let spop = DataCommand(
        CommandDeclaration(
            "spop", arity: -2, [.write, .fast], categories: [.set],
            keys: [.key([.readWrite, .access, .delete])], tips: ["nondeterministic_output"],
            docs: CommandDocs(
                "Takes members drawn at random out of a set.",
                complexity: """
                    Without the count argument O(1), otherwise O(N) where N is the value of the \
                    passed count.
                    """,
                since: "1.0.0", group: .set,
                arguments: [.key(), .integer("count", .optional, since: "3.2.0")],
                history: [("3.2.0", "Added the `count` argument.")]))
    ) { arguments, execution throws(CommandError) in
        let key = execution.key(arguments[1])
        switch arguments.count {
        case 2: try popOne(key, &execution)
        case 3: try pop(try popCount(arguments[2]), key, &execution)
        default: throw .syntax
        }
    }

    private static func popCount(_ argument: ByteSlice) throws(CommandError) -> Int {
        guard let count = argument.integer, count >= 0 else {
            throw .text("ERR value is out of range, must be positive")
        }
        return Int(count)
    }

    private static func popOne(
        _ key: Key, _ execution: inout Execution
    ) throws(CommandError) {
        guard let entry = try execution.setForChange(of: key) else {
            return execution.replies.null()
        }
        let member = entry.set.randomMember { execution.random() }
        execution.replies.member(member)
        // The log keeps who was drawn: another draw would be another member.
        execution.keep("SREM", key.bytes, execution.text(of: member))
        remove(member, from: entry, key, &execution)
    }

    private static func remove(
        _ member: StringValue, from entry: Entry, _ key: Key, _ execution: inout Execution
    ) {
        let isEmpty = entry.changeSet { set in
            _ = set.remove(member)
            return set.isEmpty
        }
        execution.database.valueChanged(key, .set("spop"), isEmpty: isEmpty)
        execution.changed()
    }

    private static func pop(
        _ count: Int, _ key: Key, _ execution: inout Execution
    ) throws(CommandError) {
        guard let entry = try execution.setForChange(of: key), count > 0 else {
            return execution.replies.set(0)
        }
        let size = entry.set.count
        guard count < size else { return popAll(of: entry, key, &execution) }
        execution.replies.set(count)
        var record = RemovalRecord()
        for _ in 0..<count {
            let member = entry.set.randomMember { execution.random() }
            execution.replies.member(member)
            record.append(member)
            entry.changeSet { _ = $0.remove(member) }
            if record.isFull { record.keep(of: key.bytes, &execution) }
        }
        record.keep(of: key.bytes, &execution)
        execution.database.valueChanged(key, .set("spop"))
        execution.changed(count)
    }

    private static func popAll(of entry: Entry, _ key: Key, _ execution: inout Execution) {
        let set = entry.set
        let replies = execution.replies
        let count = set.count
        replies.set(count)
        set.forEach { replies.member($0) }
        execution.keep(execution.settings.removesLazily ? "UNLINK" : "DEL", key.bytes)
        execution.database.valueChanged(key, .set("spop"), isEmpty: true)
        execution.changed(count)
    }
}

extension Execution {
    /// The text of a member, valid until the member changes or another text is asked for.
    fileprivate mutating func text(of member: StringValue) -> ByteSlice {
        switch member {
        case .bytes(let bytes): bytes
        case .integer(let integer): decimal(integer)
        }
    }
}

/// The members that one SREM of the log removes.
private struct RemovalRecord: ~Copyable {
    /// So many at the most, as in Redis.
    private static let countMax = 1024

    private var text = ByteBuffer()
    private var ends: [Int] = []

    var isFull: Bool { ends.count == Self.countMax }

    mutating func append(_ member: StringValue) {
        member.append(to: &text)
        ends.append(text.count)
    }

    /// Keeps the record, unless it is empty, and begins another.
    mutating func keep(of key: ByteSlice, _ execution: inout Execution) {
        guard !ends.isEmpty else { return }
        var words = SliceList(capacity: ends.count + 2)
        words.append(ByteSlice("SREM"))
        words.append(key)
        var start = 0
        for end in ends {
            words.append(text.bytes[start..<end])
            start = end
        }
        execution.keep(words.all)
        text.removeAll()
        ends.removeAll(keepingCapacity: true)
    }
}
