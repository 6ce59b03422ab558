import Bytes
import Structures

/// A set as it is read: live, frozen by a pin, or made aside.
///
/// Members are in canonical form: an integer wherever their text is one. What is lent is valid until
/// the set changes.
public struct SetContents: Equatable {
    public let value: StoredValue

    public init(_ value: StoredValue) {
        precondition(value.type == .set)
        self.value = value
    }

    /// Whether both are the same set, not whether they have the same members.
    public static func == (left: SetContents, right: SetContents) -> Bool {
        unsafe left.value.address == right.value.address
    }

    /// How the members are held.
    @usableFromInline
    enum Form {
        case intset(Intset)
        case listpack(PackedRun)
        case table(PackedTable)
    }

    @usableFromInline var form: Form {
        switch value.encoding {
        case .intset: .intset(value.intset)
        case .listpack: .listpack(value.run)
        case .hashtable: .table(PackedTable(root: value.root))
        default: preconditionFailure("no set has this encoding")
        }
    }

    /// Number of members.
    public var count: Int {
        switch form {
        case .intset(let set): set.count
        case .listpack(let run): run.count
        case .table(let table): table.count
        }
    }

    public var isEmpty: Bool { count == 0 }

    /// The root of a large set; nothing of a small one.
    public var table: PackedTable? {
        if case .table(let table) = form { table } else { nil }
    }

    /// - Parameter member: in canonical form.
    public func contains(_ member: StringValue) -> Bool {
        switch form {
        case .intset(let set):
            guard case .integer(let integer) = member else { return false }
            return set.contains(integer)
        case .listpack(let run): return run.find(member) != nil
        case .table(let table): return table.contains(TableKey(member))
        }
    }

    /// - Parameter member: whose hash is right if the set is large.
    func contains(_ member: TableKey) -> Bool {
        if case .table(let table) = form { table.contains(member) } else { contains(member.value) }
    }

    /// Visits each member once.
    public func forEach(_ visit: (StringValue) -> Void) {
        walk {
            visit($0)
            return true
        }
    }

    /// Visits members until `visit` returns false.
    public func walk(while visit: (StringValue) -> Bool) {
        switch form {
        case .intset(let set):
            for index in 0..<set.count {
                guard visit(.integer(set[index])) else { return }
            }
        case .listpack(let run):
            var position = 0
            while position < run.size {
                guard visit(run[position]) else { return }
                position = run.next(position)
            }
        case .table(let table):
            var walk = TableWalk(table)
            while let entry = walk.next() {
                guard visit(entry.member) else { return }
            }
        }
    }

    /// A member drawn evenly; the set is not empty.
    ///
    /// - Parameter random: gives 64 random bits a call.
    public func randomMember(_ random: () -> UInt64) -> StringValue {
        let count = count
        precondition(count > 0)
        switch form {
        case .intset(let set): return .integer(set[Self.index(below: count, random)])
        case .listpack(let run): return run[run.position(of: Self.index(below: count, random))]
        case .table(let table): return table.randomEntry(random).member
        }
    }

    /// An index below `count`, each as likely as the others as far as 64 bits can tell.
    private static func index(below count: Int, _ random: () -> UInt64) -> Int {
        Int(random().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Visits some members at a cursor and returns the next cursor. A small set has one piece.
    public func scan(from cursor: ScanCursor, _ visit: (StringValue) -> Void) -> ScanCursor {
        if case .table(let table) = form { return table.scan(from: cursor) { visit($0.member) } }
        forEach(visit)
        return .start
    }
}

/// A walk over the members of a set, which does not change meanwhile.
public struct SetWalk {
    private enum State {
        case intset(Intset)
        case listpack(PackedRun)
        case table(TableWalk)
    }

    private var state: State
    /// Of the next integer, or the position of the next element.
    private var index = 0

    public init(_ set: SetContents) {
        switch set.form {
        case .intset(let intset): state = .intset(intset)
        case .listpack(let run): state = .listpack(run)
        case .table(let table): state = .table(TableWalk(table))
        }
    }

    /// The next member, lent; nothing at the end.
    public mutating func next() -> StringValue? {
        switch state {
        case .intset(let set):
            guard index < set.count else { return nil }
            index += 1
            return .integer(set[index - 1])
        case .listpack(let run):
            guard index < run.size else { return nil }
            let member = run[index]
            index = run.next(index)
            return member
        case .table(var walk):
            let entry = walk.next()
            state = .table(walk)
            return entry?.member
        }
    }
}

extension StoredValue {
    /// A value whose root is an intset.
    public init(_ set: Intset) {
        unsafe self.init(address: set.node.address, type: .set, encoding: .intset)
    }

    /// The root; only of the encoding `intset`.
    public var intset: Intset { unsafe Intset(node: Node(address: address)) }
}

extension Entry {
    /// The set that the entry holds; only of an entry of type set.
    public var set: SetContents { SetContents(value) }
}
