import Bytes
import Keyspace

/// A value that a start found.
struct FoundValue: Equatable {
    var content: ModelContent
    var deadline: Int64?

    init(_ entry: Entry) {
        deadline = entry.deadline
        content =
            switch entry.type {
            case .string: Self.content(of: entry.string)
            case .list: .list(Self.elements(of: ListView(entry.value)))
            case .set: .set(Self.members(of: entry.set))
            case .hash: .hash(Self.fields(of: HashView(entry.value)))
            case .sortedSet: .sortedSet(Self.scores(of: SortedSet(entry.value)))
            case .stream: .stream(Self.stream(Stream(entry.value)))
            }
    }

    private static func content(of value: StringValue) -> ModelContent {
        let bytes = bytes(value)
        if let elements = ModelElements.elements(of: bytes) { return .counted(elements) }
        return .text(String(decoding: bytes, as: UTF8.self))
    }

    private static func text(_ value: StringValue) -> String {
        String(decoding: bytes(value), as: UTF8.self)
    }

    private static func bytes(_ value: StringValue) -> [UInt8] {
        var text = ByteBuffer()
        value.append(to: &text)
        return text.bytes.array
    }

    private static func elements(of list: ListView) -> [String] {
        var elements: [String] = []
        list.visit(from: 0) {
            elements.append(text($0))
            return true
        }
        return elements
    }

    private static func members(of set: SetContents) -> Set<String> {
        var members: Set<String> = []
        set.forEach { members.insert(text($0)) }
        return members
    }

    private static func fields(of hash: HashView) -> [String: ModelField] {
        var fields: [String: ModelField] = [:]
        hash.forEach {
            fields[text($0.field)] = ModelField(text: text($0.value), deadline: $0.deadline)
        }
        return fields
    }

    private static func scores(of set: SortedSet) -> [String: Int] {
        var scores: [String: Int] = [:]
        set.forEach { scores[text($0)] = Int($1) }
        return scores
    }

    private static func stream(_ stream: Stream) -> ModelStream {
        var found = ModelStream(last: Int(stream.lastID.milliseconds))
        var entries = StreamIterator(stream)
        while entries.next() {
            let moment = Int(entries.id.milliseconds)
            let (_, value) = entries.nextField()
            found.entries[moment] = text(value)
        }
        stream.forEachGroup { group in
            var pending = PendingIterator(group)
            var made = ModelStream.Group(delivered: Int(group.lastID.milliseconds))
            while let entry = pending.next() { made.pending.insert(Int(entry.id.milliseconds)) }
            found.group = made
        }
        return found
    }
}
