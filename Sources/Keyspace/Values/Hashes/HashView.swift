import Bytes
import Structures

/// A hash to be read: of an entry, or a frozen one.
///
/// ```
/// listpack     a run of field, value, field, value …
/// listpackex   a run of field, value, deadline (0: none) …, the earliest deadline first and those
///              without one at the end
/// hashtable    a `PackedTable`; a field in it may have a deadline
/// ```
///
/// Fields past their deadline are not there for a reader who says what time it is. Of a `listpackex`
/// they are removed before it is read; a table may still hold some, which its `count` includes, as
/// Redis's does.
public struct HashView {
    let stored: StoredValue
    /// Fields with a deadline before this moment are passed over.
    let now: Int64

    /// - Parameters:
    ///   - value: a hash.
    ///   - now: Unix milliseconds; without it, no field is past its deadline.
    public init(_ value: StoredValue, at now: Int64 = .min) {
        precondition(value.type == .hash)
        stored = value
        self.now = now
    }

    /// Notes in the root of a table.
    enum Note {
        /// How many fields have a deadline.
        static let deadlineCount = 0
        /// No deadline of a field is earlier.
        static let earliest = 1
        /// Where the search for fields past their deadline goes on, as a scan cursor.
        static let cursor = 2
        /// The earliest deadline that this search has passed, or that was set since it began.
        static let earliestPassed = 3
    }

    var isTable: Bool { stored.encoding == .hashtable }
    var table: PackedTable { PackedTable(root: stored.root) }
    /// Elements of the run that belong to a field.
    var stride: Int { stored.encoding == .listpack ? 2 : 3 }

    /// Number of fields.
    public var count: Int {
        switch stored.encoding {
        case .listpack: stored.run.count / 2
        case .listpackExpiring: stored.run.count / 3
        default: table.count
        }
    }

    public var isEmpty: Bool { count == 0 }

    /// How many fields there are for the reader.
    public var liveCount: Int {
        guard let earliest = earliestDeadline, earliest < now else { return count }
        var (walk, live) = (walk(), 0)
        while walk.next() != nil { live += 1 }
        return live
    }

    /// A field with its value, unless it is past its deadline.
    public func find(_ field: ByteSlice) -> HashField? {
        switch stored.encoding {
        case .listpack:
            let run = stored.run
            let key = StringValue(field)
            guard let position = run.findPair(key) else { return nil }
            return HashField(field: key, value: run[run.next(position)], deadline: nil)
        case .listpackExpiring:
            guard let position = stored.run.find(StringValue(field), stride: 3) else {
                return nil
            }
            return living(Self.triple(stored.run, at: position))
        default:
            return table.find(TableKey(field)).flatMap { living(Self.field($0)) }
        }
    }

    /// A field drawn evenly; one of them is not past its deadline.
    ///
    /// - Parameter random: gives 64 random bits a call.
    public func randomField(_ random: () -> UInt64) -> HashField {
        while true {
            if let field = living(anyField(random)) { return field }
        }
    }

    private func anyField(_ random: () -> UInt64) -> HashField {
        guard !isTable else { return Self.field(table.randomEntry(random)) }
        let run = stored.run
        let index = Int(random().multipliedFullWidth(by: UInt64(count)).high)
        let position = run.position(of: index * stride)
        return stride == 3
            ? Self.triple(run, at: position) : Self.pair(run, at: position)
    }

    /// Visits the fields at the cursor and returns the next cursor; a small hash is one place.
    public func scan(from cursor: ScanCursor, _ visit: (HashField) -> Void) -> ScanCursor {
        guard isTable else {
            var walk = walk()
            while let field = walk.next() { visit(field) }
            return .start
        }
        return table.scan(from: cursor) { entry in
            if let field = living(Self.field(entry)) { visit(field) }
        }
    }

    public func walk() -> HashWalk { HashWalk(self) }

    public func forEach(_ visit: (HashField) -> Void) {
        var walk = walk()
        while let field = walk.next() { visit(field) }
    }

    /// Visits fields, values or both in a row.
    public func forEachElement(
        fields: Bool = true, values: Bool = true, _ visit: (StringValue) -> Void
    ) {
        guard stored.encoding == .listpack else {
            return forEach { field in
                if fields { visit(field.field) }
                if values { visit(field.value) }
            }
        }
        let run = stored.run
        let end = run.size
        var position = 0
        var isField = true
        while position < end {
            if isField ? fields : values { visit(run[position]) }
            position = run.next(position)
            isField.toggle()
        }
    }

    // MARK: Deadlines

    public var hasDeadlines: Bool { earliestDeadline != nil }

    /// How many fields have a deadline.
    public var deadlineCount: Int {
        switch stored.encoding {
        case .listpack: return 0
        case .listpackExpiring:
            var counted = 0
            forEach { counted += $0.deadline == nil ? 0 : 1 }
            return counted
        default: return Int(table[note: Note.deadlineCount])
        }
    }

    /// A moment before which no field goes; nothing when all stay. Of a run, the earliest deadline.
    public var earliestDeadline: Int64? {
        switch stored.encoding {
        case .listpack: return nil
        case .listpackExpiring:
            guard !stored.run.isEmpty else { return nil }
            return Self.triple(stored.run, at: 0).deadline
        default:
            return table[note: Note.deadlineCount] == 0 ? nil : table[note: Note.earliest]
        }
    }

    /// The field, unless it is past its deadline.
    func living(_ field: HashField) -> HashField? {
        guard let deadline = field.deadline, deadline < now else { return field }
        return nil
    }

    // MARK: Elements

    static func pair(_ run: PackedRun, at position: Int) -> HashField {
        HashField(field: run[position], value: run[run.next(position)], deadline: nil)
    }

    static func triple(_ run: PackedRun, at position: Int) -> HashField {
        let value = run.next(position)
        return HashField(
            field: run[position], value: run[value], deadline: deadline(run, at: run.next(value)))
    }

    /// The deadline at a position; zero stands for none.
    static func deadline(_ run: PackedRun, at position: Int) -> Int64? {
        guard case .integer(let deadline) = run[position], deadline != 0 else { return nil }
        return deadline
    }

    static func field(_ entry: TableEntry) -> HashField {
        HashField(field: entry.field, value: entry.value, deadline: entry.deadline)
    }
}

/// A walk over the fields of a hash, which does not change meanwhile. It can be kept and resumed.
public struct HashWalk {
    private let view: HashView
    private var position = 0
    private var walk: TableWalk?

    init(_ view: HashView) {
        self.view = view
        walk = view.isTable ? TableWalk(view.table) : nil
    }

    /// The next field, lent; nothing at the end.
    public mutating func next() -> HashField? {
        guard walk == nil else { return nextOfTable() }
        let run = view.stored.run
        while position < run.size {
            let field =
                view.stride == 3
                ? HashView.triple(run, at: position) : HashView.pair(run, at: position)
            for _ in 0..<view.stride { position = run.next(position) }
            if view.living(field) != nil { return field }
        }
        return nil
    }

    private mutating func nextOfTable() -> HashField? {
        while let entry = walk?.next() {
            let field = HashView.field(entry)
            if view.living(field) != nil { return field }
        }
        return nil
    }
}
