import Bytes
import Keyspace
import RESP

extension Execution {
    /// The list at a key, for a command that reads it; nothing when there is no key.
    func list(_ key: Key) throws(CommandError) -> ListView? {
        guard let entry = database.entry(of: key) else { return nil }
        guard entry.type == .list else { throw .wrongType }
        return ListView(entry.value)
    }

    /// The list at a key, for a command that is going to change it; nothing when there is no key.
    func listForChange(_ key: Key) throws(CommandError) -> ListValue? {
        guard let entry = database.valueForChange(of: key) else { return nil }
        guard entry.type == .list else { throw .wrongType }
        return ListValue(entry, keyspace.shared.value.encodings)
    }

    /// An empty list at a key that is absent.
    ///
    /// - Parameter size: bytes of the elements that are to come.
    func makeList(_ key: Key, for size: Int) -> ListValue {
        ListValue(
            database.insert(ListValue.makeEmpty(for: size), at: key),
            keyspace.shared.value.encodings)
    }

    /// Answers with an end's element, removes it, and notes the change.
    func popOne(_ list: ListValue, at end: ListEnd, of key: Key) {
        list.view.withEnd(end) { replies.string($0) }
        list.removeEnd(end)
        finishRemoval(from: list, of: key, end.popEvent)
    }

    /// Answers with an array of elements from an end on, the end's first, removes them, and notes
    /// the change.
    ///
    /// - Parameter count: at most; at least 1.
    /// - Returns: how many they were.
    func popMany(_ list: ListValue, _ count: Int, at end: ListEnd, of key: Key) -> Int {
        let view = list.view
        let before = view.count
        let popped = min(count, before)
        replies.array(popped)
        var left = popped
        view.visit(from: end == .left ? 0 : before - 1, backwards: end == .right) {
            replies.string($0)
            left -= 1
            return left > 0
        }
        list.remove(from: end == .left ? 0 : before - popped, count: popped)
        finishRemoval(from: list, of: key, end.popEvent)
        return popped
    }

    /// Notes that elements went: the key goes with the last of them.
    func finishRemoval(from list: ListValue, of key: Key, _ event: StaticString) {
        let isEmpty = list.count == 0
        if !isEmpty { list.hasShrunk() }
        database.valueChanged(key, .list(event), isEmpty: isEmpty)
    }
}

extension ListEnd {
    /// `LEFT` or `RIGHT`.
    init(_ word: ByteSlice) throws(CommandError) {
        if word.isWord("left") {
            self = .left
        } else if word.isWord("right") {
            self = .right
        } else {
            throw .syntax
        }
    }

    var popName: StaticString { self == .left ? "LPOP" : "RPOP" }
    var popEvent: StaticString { self == .left ? "lpop" : "rpop" }
    var pushEvent: StaticString { self == .left ? "lpush" : "rpush" }
}

/// The indexes from one to another, both included, negative from the end, within a list.
struct ListRange: Equatable {
    let range: Range<Int>

    init(_ start: Int64, _ stop: Int64, count: Int) {
        let count = Int64(count)
        let first = max(0, start < 0 ? start + count : start)
        let last = min(count - 1, stop < 0 ? stop + count : stop)
        range = first <= last ? Int(first)..<Int(last) + 1 : 0..<0
    }
}
