import Bytes
import Configuration
import Structures

/// A hash to be changed: of an entry, or made aside.
///
/// Changes may move the root or change the encoding: who changes a hash puts `value` back in its
/// place (`Database.hashChanged`). Bytes handed in stand outside of the hash.
public struct HashValue {
    public private(set) var value: StoredValue
    let entriesMax: Int
    /// Bytes of a field or value that a run may hold.
    let valueMax: Int
    /// A run does not grow beyond this many bytes.
    private static let runSizeMax = 1 << 30

    public init(_ value: StoredValue, _ settings: borrowing EncodingSettings) {
        precondition(value.type == .hash)
        self.value = value
        entriesMax = settings.hashEntriesMax
        valueMax = settings.hashValueMax
    }

    /// An empty hash aside.
    ///
    /// - Parameters:
    ///   - count: how many fields will come; more than a run may hold begin as a table.
    ///   - size: bytes of the elements that will come, as far as is known.
    public static func make(
        count: Int = 0, size: Int = 0, _ settings: borrowing EncodingSettings
    ) -> HashValue {
        let value =
            count > settings.hashEntriesMax
            ? StoredValue(makeTable().root, .hash, .hashtable)
            : StoredValue(PackedRun.make(size: min(size, runSizeMax)), .hash)
        return HashValue(value, settings)
    }

    static func makeTable() -> PackedTable {
        let table = PackedTable.make()
        table[note: HashView.Note.earliest] = .max
        table[note: HashView.Note.earliestPassed] = .max
        return table
    }

    public var view: HashView { HashView(value) }
    public var count: Int { view.count }
    public var isEmpty: Bool { view.isEmpty }

    var table: PackedTable { view.table }

    mutating func setRun(_ run: PackedRun) { value = StoredValue(run, .hash, value.encoding) }

    // MARK: Changing

    /// Sets a field. Returns whether it was not there.
    @discardableResult
    public mutating func set(
        _ field: ByteSlice, _ text: StringValue, deadline change: DeadlineChange = .remove
    ) -> Bool {
        if value.encoding != .hashtable {
            if field.count <= valueMax, text.count <= valueMax,
                value.run.size + field.count + text.count < Self.runSizeMax
            {
                return setInRun(StringValue(field), text, change)
            }
            convertToTable()
        }
        return setInTable(TableKey(field), text, change)
    }

    private mutating func setInRun(
        _ field: StringValue, _ text: StringValue, _ change: DeadlineChange
    ) -> Bool {
        if value.encoding == .listpack {
            guard let deadline = change.applied(to: nil) else { return setPair(field, text) }
            convertToExpiring()
            return setTriple(field, text, .set(deadline))
        }
        return setTriple(field, text, change)
    }

    private mutating func setPair(_ field: StringValue, _ text: StringValue) -> Bool {
        var run = value.run
        if let position = run.findPair(field) {
            run.replace(at: run.next(position), with: text)
            setRun(run)
            return false
        }
        run.append(field, text)
        setRun(run)
        if run.count / 2 > entriesMax { convertToTable() }
        return true
    }

    private mutating func setTriple(
        _ field: StringValue, _ text: StringValue, _ change: DeadlineChange
    ) -> Bool {
        var run = value.run
        var old: Int64?
        let found = run.find(field, stride: 3)
        if let position = found {
            old = HashView.triple(run, at: position).deadline
            run.remove(at: position, count: 3)
        }
        insertTriple(field, text, change.applied(to: old), in: &run)
        setRun(run)
        if run.count / 3 > entriesMax { convertToTable() }
        return found == nil
    }

    /// Inserts a field behind those whose deadline is not later.
    func insertTriple(
        _ field: StringValue, _ text: StringValue, _ deadline: Int64?, in run: inout PackedRun
    ) {
        var position = run.size
        if let deadline {
            position = 0
            while position < run.size {
                let third = run.next(run.next(position))
                guard let other = HashView.deadline(run, at: third), other <= deadline else {
                    break
                }
                position = run.next(third)
            }
        }
        run.insert(.integer(deadline ?? 0), at: position)
        run.insert(text, at: position)
        run.insert(field, at: position)
    }

    private func setInTable(
        _ key: TableKey, _ text: StringValue, _ change: DeadlineChange
    ) -> Bool {
        guard let place = table.place(of: key) else {
            let deadline = change.applied(to: nil)
            table.insert(key, value: text, deadline: deadline)
            noteDeadline(nil, deadline)
            return true
        }
        let old = table[place].deadline
        let deadline = change.applied(to: old)
        table.replace(place, value: text, deadline: deadline)
        noteDeadline(old, deadline)
        return false
    }

    /// Removes a field. Returns whether it was there.
    @discardableResult
    public mutating func remove(_ field: ByteSlice) -> Bool {
        guard value.encoding == .hashtable else {
            var run = value.run
            let key = StringValue(field)
            let stride = view.stride
            let found = stride == 2 ? run.findPair(key) : run.find(key, stride: stride)
            guard let position = found else { return false }
            run.remove(at: position, count: stride)
            setRun(run)
            return true
        }
        guard let place = table.place(of: TableKey(field)) else { return false }
        noteDeadline(table[place].deadline, nil)
        table.remove(place)
        return true
    }

    /// Gives a field that is there another deadline, or none.
    public mutating func setDeadline(_ deadline: Int64?, of field: ByteSlice) {
        if value.encoding == .listpack {
            guard deadline != nil else { return }
            convertToExpiring()
        }
        guard value.encoding == .hashtable else { return moveTriple(StringValue(field), deadline) }
        guard let place = table.place(of: TableKey(field)) else { return }
        noteDeadline(table[place].deadline, deadline)
        table.setDeadline(deadline, at: place)
    }

    private mutating func moveTriple(_ field: StringValue, _ deadline: Int64?) {
        var run = value.run
        guard let position = run.find(field, stride: 3) else { return }
        // The value is lent by the run itself, which is going to move it.
        var copy = ByteBuffer()
        let text: StringValue
        switch run[run.next(position)] {
        case .integer(let integer): text = .integer(integer)
        case .bytes(let bytes):
            copy.append(bytes)
            text = .bytes(copy.bytes)
        }
        run.remove(at: position, count: 3)
        insertTriple(field, text, deadline, in: &run)
        setRun(run)
    }

    // MARK: The notes of a table

    func noteDeadline(_ old: Int64?, _ new: Int64?) {
        if old != nil { table[note: HashView.Note.deadlineCount] -= 1 }
        guard let new else { return }
        table[note: HashView.Note.deadlineCount] += 1
        for note in [HashView.Note.earliest, HashView.Note.earliestPassed]
        where new < table[note: note] { table[note: note] = new }
    }

    // MARK: Converting

    /// Begins to keep the fields in a table if so many would not fit into a run.
    public mutating func expect(_ count: Int) {
        if value.encoding != .hashtable, count > entriesMax { convertToTable() }
    }

    mutating func convertToTable() {
        let table = Self.makeTable()
        let run = value.run
        var converted = self
        converted.value = StoredValue(table.root, .hash, .hashtable)
        view.forEach { field in
            table.insert(TableKey(field.field), value: field.value, deadline: field.deadline)
            converted.noteDeadline(nil, field.deadline)
        }
        run.free()
        self = converted
    }

    mutating func convertToExpiring() {
        let run = value.run
        var triples = PackedRun.make(size: run.size + run.count)
        view.forEach { field in
            triples.append(field.field, field.value)
            triples.append(.integer(0))
        }
        run.free()
        value = StoredValue(triples, .hash, .listpackExpiring)
    }
}
