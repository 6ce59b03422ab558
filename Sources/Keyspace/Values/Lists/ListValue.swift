import Bytes
import Configuration
import Structures

/// A list that changes: the value of an entry.
///
/// It is a `listpack`, one run of elements, or a `quicklist`. Before it grows the caller says by how
/// much (`prepareToGrow`), and after elements went it calls `hasShrunk`: there, and only there, one
/// becomes the other, as in Redis 7.2.
@safe
public struct ListValue {
    let entry: Entry
    private let limits: ListLimits
    private let compressDepth: Int

    /// - Parameter entry: of type list, prepared for a change.
    public init(_ entry: Entry, _ settings: EncodingSettings) {
        precondition(entry.type == .list)
        self.entry = entry
        limits = ListLimits(settings)
        compressDepth = settings.listCompressDepth
    }

    /// An empty list, aside.
    ///
    /// - Parameter size: bytes of elements that are to come.
    public static func makeEmpty(for size: Int = 0) -> StoredValue {
        // Most elements take two bytes more in their coding.
        StoredValue(PackedRun.make(size: min(size + 2, 1024)), .list)
    }

    public var view: ListView { ListView(entry.value) }
    public var count: Int { view.count }

    private var isListpack: Bool { entry.encoding == .listpack }
    private var quicklist: Quicklist { Quicklist(entry.value.root) }

    // MARK: Growing

    /// Makes a quicklist of a listpack that is going to exceed the limits.
    ///
    /// - Parameters:
    ///   - size: bytes of the elements that are to come; Redis does not count integers that it has
    ///     recognised.
    public func prepareToGrow(by size: Int, count: Int) {
        guard isListpack else { return }
        let run = entry.value.run
        if !limits.allows(size: run.listpackSize + size, count: run.count + count) { expand(run) }
    }

    private func expand(_ run: PackedRun) {
        let list = Quicklist.make(fill: limits.fill, compressDepth: compressDepth)
        if run.isEmpty { run.free() } else { list.append(ListNode(run.node)) }
        entry.setRoot(StoredValue(list.root, .list, .quicklist))
    }

    /// Adds an element at an end. Its bytes stand elsewhere.
    public func push(_ value: StringValue, at end: ListEnd) {
        guard isListpack else { return quicklist.push(value, at: end) }
        var run = entry.value.run
        let node = run.node
        if end == .left { run.prepend(value) } else { run.append(value) }
        if run.node != node { entry.setRoot(StoredValue(run, .list)) }
    }

    /// Inserts an element before or after the one at an index.
    public func insert(_ value: StringValue, at index: Int, after: Bool) {
        guard isListpack else { return quicklist.insert(value, at: index, after: after) }
        var run = entry.value.run
        run.insert(value, at: run.position(of: after ? index + 1 : index))
        entry.setRoot(StoredValue(run, .list))
    }

    /// Puts another element in the place of the one at an index.
    public func replace(at index: Int, with value: StringValue) {
        guard isListpack else { return quicklist.replace(at: index, with: value) }
        var run = entry.value.run
        run.replace(at: run.position(of: index), with: value)
        entry.setRoot(StoredValue(run, .list))
    }

    // MARK: Shrinking

    /// Removes the first or the last element of a list that is not empty.
    public func removeEnd(_ end: ListEnd) {
        guard isListpack else { return quicklist.removeEnd(end) }
        var run = entry.value.run
        let node = run.node
        if end == .left { run.removeFirst() } else { run.removeLast() }
        if run.node != node { entry.setRoot(StoredValue(run, .list)) }
    }

    /// Removes elements from an index on.
    ///
    /// - Parameter removed: how many; there are so many.
    public func remove(from index: Int, count removed: Int) {
        guard removed > 0 else { return }
        guard isListpack else { return quicklist.remove(from: index, count: removed) }
        var run = entry.value.run
        if index + removed == run.count {
            run.truncate(to: run.position(of: index), removing: removed)
        } else {
            run.remove(at: run.position(of: index), count: removed)
        }
        entry.setRoot(StoredValue(run, .list))
    }

    /// Removes elements that are equal to one, in canonical form.
    ///
    /// - Parameter countMax: how many at the most.
    /// - Returns: how many there were.
    public func remove(_ value: StringValue, countMax: Int, backwards: Bool) -> Int {
        guard isListpack else {
            return quicklist.remove(value, countMax: countMax, backwards: backwards)
        }
        var run = entry.value.run
        let removed = run.removeMatches(value, countMax: countMax, backwards: backwards)
        entry.setRoot(StoredValue(run, .list))
        return removed
    }

    /// Makes a listpack of a quicklist that has become small.
    public func hasShrunk() {
        guard !isListpack, count > 0, let node = quicklist.onlyNode else { return }
        guard limits.allowsAfterShrinking(size: node.size, count: node.count) else { return }
        entry.setRoot(StoredValue(quicklist.dissolved(), .list))
    }
}

extension Quicklist {
    /// The node of a list that has one packed node only.
    var onlyNode: ListNode? {
        guard nodeCount == 1 else { return nil }
        let node = node(at: tree.firstPath)
        return node.isPlain ? nil : node
    }

    /// The elements of a list of one packed node; nothing else is left of the list.
    func dissolved() -> PackedRun {
        var path = tree.firstPath
        let run = take(&path)
        tree.remove(at: &path)
        free()
        return run
    }

    func remove(_ value: StringValue, countMax: Int, backwards: Bool) -> Int {
        var removed = 0
        // Elements that were looked at and stay.
        var kept = 0
        while removed < countMax, kept < count {
            let rank = backwards ? count - 1 - kept : kept
            var path = tree.path(toRank: rank).path
            let node = node(at: path)
            let found = matches(of: value, in: node, countMax: countMax - removed)
            kept += node.count - found
            guard found > 0 else { continue }
            removed += found
            if found == node.count {
                remove(&path)
            } else {
                var run = take(&path)
                _ = run.removeMatches(value, countMax: found, backwards: backwards)
                put(run, at: &path, adding: -found)
            }
        }
        if removed > 0 { settle() }
        return removed
    }

    private func matches(of value: StringValue, in node: ListNode, countMax: Int) -> Int {
        var scratch = ByteBuffer()
        var found = 0
        let part = ListPart(
            elements: node.elements(using: &scratch), position: 0, isPlain: node.isPlain)
        _ = part.visitForwards { element in
            if element == value { found += 1 }
            return found < countMax
        }
        return found
    }
}

extension PackedRun {
    /// Removes elements that are equal to one, in canonical form, and returns how many.
    mutating func removeMatches(
        _ value: StringValue, countMax: Int, backwards: Bool
    ) -> Int {
        var removed = 0
        var position = backwards ? size : 0
        while removed < countMax {
            if backwards {
                guard position > 0 else { break }
                position = previous(position)
            } else {
                guard position < size else { break }
            }
            if isEqual(at: position, to: value) {
                remove(at: position)
                removed += 1
            } else if !backwards {
                position = next(position)
            }
        }
        return removed
    }
}
