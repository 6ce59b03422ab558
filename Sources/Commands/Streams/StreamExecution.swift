import Bytes
import Configuration
import Keyspace
import RESP

extension Execution {
    /// The stream at a key, to be read; counts hit or miss.
    func stream(at argument: ByteSlice) throws(CommandError) -> Stream? {
        guard let entry = database.entry(of: key(argument)) else { return nil }
        guard entry.type == .stream else { throw .wrongType }
        return Stream(entry.value)
    }

    /// The stream at a key, to be changed in place.
    func streamForChange(at key: Key) throws(CommandError) -> Stream? {
        guard let entry = database.valueForChange(of: key) else { return nil }
        guard entry.type == .stream else { throw .wrongType }
        return Stream(entry.value)
    }

    /// The stream of a key for one who reads as a consumer, which changes the group: counts hit or
    /// miss.
    func streamOfReader(at key: Key) throws(CommandError) -> Stream? {
        guard database.entryUnmarked(of: key) != nil else { return nil }
        return try streamForChange(at: key)
    }

    /// How large a node of a stream may become.
    var streamNodeLimits: StreamNodeLimits {
        StreamNodeLimits(
            sizeMax: keyspace.shared.value.encodings.streamNodeBytesMax,
            entriesMax: streamNodeEntriesMax)
    }

    var streamNodeEntriesMax: Int { keyspace.shared.value.encodings.streamNodeEntriesMax }
}

extension CommandError {
    /// The answer where a stream and its group have to be there.
    static func noGroup(
        _ before: StaticString, key: ByteSlice, _ between: StaticString, group: ByteSlice,
        _ after: StaticString = "'"
    ) -> CommandError {
        var text = ByteBuffer()
        text.append(before)
        text.append(key.untilZero)
        text.append(between)
        text.append(group.untilZero)
        text.append(after)
        return .composed(ByteString(text.bytes))
    }
}

/// The words of a record that is made of more than what the request says.
struct RecordWords: ~Copyable {
    private var text = ByteBuffer()
    private var ends: [Int] = []

    mutating func append(_ word: StaticString) { append(ByteSlice(word)) }

    mutating func append(_ word: ByteSlice) {
        text.append(word)
        ends.append(text.count)
    }

    mutating func append(_ number: Int64) {
        text.append(decimal: number)
        ends.append(text.count)
    }

    mutating func append(_ id: StreamID) {
        text.append(id)
        ends.append(text.count)
    }

    /// Keeps the words instead of the command as typed, or beside what was kept already.
    func keep(_ execution: inout Execution) {
        var words = SliceList(capacity: max(ends.count, 1))
        var start = 0
        for end in ends {
            words.append(text.bytes[start..<end])
            start = end
        }
        execution.keep(words.all)
    }
}
