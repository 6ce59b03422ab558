import Bytes
import Commands
import Configuration
import Keyspace
import RESP

/// Runs commands in process, as the server does after dispatch, at a moment that the test sets.
final class CommandFixture {
    let keyspace = Keyspace(databaseCount: 16)
    private let buffer = Reference(to: ByteBuffer())
    private var execution: Execution
    /// What the last command left: its reply as it goes over the wire, its records as words with
    /// the database in front, the number of changes.
    private(set) var reply = ""
    private(set) var records: [String] = []
    private(set) var changes = 0
    private var expired: [(Int, [ByteString])] = []
    private var evictor = Evictor()

    init(now: Int64 = 1_000_000_000_000, version: ReplyWriter.Version = .two, seed: UInt64 = 1) {
        execution = Execution(
            keyspace: keyspace, replies: ReplyWriter(buffer, version: version), seed: seed)
        execution.records.isKept = true
        self.now = now
        keyspace.shared.value.now = now
        keyspace.shared.value.evictionClock.seconds = now / 1000
        keyspace.shared.value.onExpired = { [unowned self] database, key in
            expired.append((database, ["DEL", ByteString(key)]))
        }
        keyspace.shared.value.onEvicted = { [unowned self] database, key in
            let isLazy = keyspace.shared.value.freesLazily.evicted
            expired.append((database, [isLazy ? "UNLINK" : "DEL", ByteString(key)]))
        }
        keyspace.shared.value.onFieldExpired = { [unowned self] database, key, field in
            var text = ByteBuffer()
            field.append(to: &text)
            expired.append((database, ["HDEL", ByteString(key), ByteString(text.bytes)]))
        }
    }

    deinit { buffer.free() }

    /// Unix milliseconds.
    var now: Int64 {
        didSet {
            keyspace.shared.value.now = now
            keyspace.shared.value.evictionClock.seconds = now / 1000
        }
    }

    var settings: CommandSettings {
        get { execution.settings }
        set { execution.settings = newValue }
    }

    /// Whether commands are replayed from a log: deadlines stay, nothing expires.
    var isReplaying: Bool {
        get { execution.isReplaying }
        set {
            execution.isReplaying = newValue
            keyspace.shared.value.expiresOnAccess = !newValue
        }
    }

    func select(_ index: Int) { execution.database = keyspace[index] }

    /// Runs a request of words that blanks part and returns its reply; `''` is the empty word.
    @discardableResult
    func run(_ line: String) -> String {
        let words = line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
        return run(words.map { ByteString($0) })
    }

    @discardableResult
    func run(_ words: [ByteString]) -> String {
        buffer.value.removeAll()
        execution.records.removeAll()
        execution.ahead = nil
        expired = []
        var text = ByteBuffer()
        for word in words { text.append(word) }
        var list = SliceList()
        var start = 0
        for word in words {
            list.append(text.bytes[start..<start + word.count])
            start += word.count
        }
        do throws(CommandError) {
            try dispatch(list.all)
        } catch {
            precondition(buffer.value.isEmpty, "a command that fails has not answered before")
            precondition(execution.records.changes == 0, "a command that fails changes nothing")
            error.withText { execution.replies.error($0) }
        }
        if execution.records.changes > 0, !execution.records.isReplaced {
            execution.records.append(asTyped: list.all, database: execution.database.index)
        }
        reply = buffer.value.bytes.text
        changes = execution.records.changes
        records = expired.map { "\($0.0) " + $0.1.map(\.text).joined(separator: " ") }
        recordWords = expired.map { ($0.0, $0.1) }
        for index in 0..<execution.records.count {
            let (database, record) = execution.records[index]
            let words = Self.words(of: record)
            recordWords.append((database, words))
            records.append("\(database) " + words.map(\.text).joined(separator: " "))
        }
        return reply
    }

    /// Removes a key to make room, as the server does before a command; it leaves records as a command
    /// does. Returns whether there was one that may go.
    func evict(_ settings: MemorySettings) -> Bool {
        expired = []
        evictor.apply(settings)
        let isEvicted = evictor.evictOne(from: keyspace) { execution.random() }
        recordWords = expired.map { ($0.0, $0.1) }
        return isEvicted
    }

    /// Keys, values and deadlines of all databases, those included whose deadline has passed.
    var digest: [String] {
        var lines: [String] = []
        for index in 0..<keyspace.databaseCount {
            keyspace[index].forEach { entry in
                let deadline = entry.deadline.map(String.init) ?? "stays"
                lines.append("\(index) \(entry.key.text) \(deadline) \(Self.text(of: entry))")
            }
        }
        return lines.sorted()
    }

    /// A value as text, however it is encoded.
    private static func text(of entry: Entry) -> String {
        var text = ByteBuffer()
        switch entry.type {
        case .string: entry.string.append(to: &text)
        case .list:
            ListView(entry.value).visit(from: 0) {
                text.append(decimal: Int64($0.count))
                text.append(":")
                $0.append(to: &text)
                return true
            }
        case .stream:
            text.append(text: streamLines(Stream(entry.value)).joined(separator: "\n"))
        case .hash: text.append(text: fields(of: entry).sorted().joined(separator: " "))
        case .set:
            var members: [String] = []
            entry.set.forEach { member in
                var text = ByteBuffer()
                member.append(to: &text)
                members.append("\(text.count):\(text.bytes.text)")
            }
            text.append(text: members.sorted().joined(separator: " "))
        default: text.append("(not looked at)")
        }
        return text.bytes.text
    }

    private static func fields(of entry: Entry) -> [String] {
        var lines: [String] = []
        HashView(entry.value).forEach { field in
            var text = ByteBuffer()
            text.append(decimal: Int64(field.field.count))
            text.append(":")
            field.field.append(to: &text)
            text.append("=")
            field.value.append(to: &text)
            if let deadline = field.deadline { text.append(text: "@\(deadline)") }
            lines.append(text.bytes.text)
        }
        return lines
    }

    /// The records of the last command, for a replay.
    private(set) var recordWords: [(database: Int, words: [ByteString])] = []

    private func dispatch(_ arguments: Slices) throws(CommandError) {
        guard let command = CommandCatalogue.all.first(where: { $0.isNamed(arguments[0]) }) else {
            throw .text("ERR unknown command")
        }
        guard command.declaration.accepts(argumentCount: arguments.count) else {
            throw .wrongArity(command.declaration.fullName)
        }
        try command.run(arguments, &execution)
    }

    private static func words(of record: ByteSlice) -> [ByteString] {
        var words: [ByteString] = []
        var at = record.firstIndex(of: 0x0a)! + 1
        while at < record.count {
            let end = record.firstIndex(of: 0x0d, from: at)!
            let count = Int(record[at + 1..<end].integer!)
            words.append(ByteString(record[end + 2..<end + 2 + count]))
            at = end + 2 + count + 2
        }
        return words
    }
}

extension DataCommand {
    func isNamed(_ word: ByteSlice) -> Bool { word.isWord(declaration.name) }
}

/// A bulk string as it goes over the wire.
func bulk(_ text: String) -> String { "$\(text.utf8.count)\r\n\(text)\r\n" }

let ok = "+OK\r\n"
let null = "$-1\r\n"
let wrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n"
let syntaxError = "-ERR syntax error\r\n"
let notAnInteger = "-ERR value is not an integer or out of range\r\n"
