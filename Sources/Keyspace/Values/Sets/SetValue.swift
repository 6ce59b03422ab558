import Bytes
import Structures

/// A set that may change: the one of an entry (`Entry.changeSet`), or one that is made aside.
///
/// Its encoding follows Redis 7.2: integers in an intset, a small set in a listpack, all others in a
/// table; a set that has outgrown an encoding does not return to it. A change may replace the root,
/// so the owner takes `value` when it is done. Members are in canonical form, and their bytes stand
/// outside of the set.
public struct SetValue {
    public private(set) var value: StoredValue

    public init(_ value: StoredValue) {
        precondition(value.type == .set)
        self.value = value
    }

    /// An empty set in the encoding that suits what is going to be added.
    ///
    /// - Parameters:
    ///   - first: the first member to be added.
    ///   - count: how many follow at the most, this one included.
    public static func make(
        for first: StringValue, count: Int, limits: SetLimits
    ) -> SetValue {
        if case .integer = first, count <= limits.intsetCountMax { return makeIntset() }
        return count <= limits.listpackCountMax ? makeListpack() : makeTable()
    }

    public static func makeIntset() -> SetValue { SetValue(StoredValue(Intset.make())) }
    public static func makeListpack() -> SetValue { SetValue(StoredValue(PackedRun.make(), .set)) }
    public static func makeTable() -> SetValue {
        SetValue(StoredValue(PackedTable.make().root, .set, .hashtable))
    }

    /// Frees a set that was made aside and that nobody has taken.
    public func free() { value.free() }

    public var contents: SetContents { SetContents(value) }
    public var count: Int { contents.count }
    public var isEmpty: Bool { count == 0 }

    // MARK: Changing

    /// Prepares for members to come: a small set becomes a table when so many alone are too many.
    public mutating func expect(_ count: Int, limits: SetLimits) {
        switch value.encoding {
        case .intset where count > limits.intsetCountMax: convertToTable()
        case .listpack where count > limits.listpackCountMax: convertToTable()
        default: break
        }
    }

    /// Adds a member. Returns false, and changes nothing, when it is there.
    public mutating func add(_ member: StringValue, limits: SetLimits) -> Bool {
        switch contents.form {
        case .table(let table): return table.insertIfAbsent(TableKey(member))
        case .intset(var set):
            guard case .integer(let integer) = member else {
                convertIntset(toTake: member, limits)
                return add(member, limits: limits)
            }
            guard set.insert(integer) else { return false }
            value = StoredValue(set)
            if set.count > limits.intsetCountMax { convertToTable() }
            return true
        case .listpack(var run):
            if run.find(member) != nil { return false }
            guard fits(member, run, limits) else {
                convertToTable()
                return add(member, limits: limits)
            }
            run.append(member)
            value = StoredValue(run, .set)
            return true
        }
    }

    /// Appends a member of a file: to a batch, or at once where that is what a small set does.
    ///
    /// - Returns: false when a member was found to come twice, among those of former batches too. The
    ///   set is then good for nothing but to be freed.
    public mutating func append(
        _ member: StringValue, by batch: inout TableBatch, limits: SetLimits
    ) -> Bool {
        guard case .table(let table) = contents.form else { return add(member, limits: limits) }
        batch.append(TableKey(member), for: table)
        return batch.isFull ? table.insert(&batch) : true
    }

    /// Takes what is left in the batch of `append`, which is empty afterwards. Returns what `append`
    /// does.
    public func finish(_ batch: inout TableBatch) -> Bool {
        guard case .table(let table) = contents.form else { return true }
        return table.insert(&batch)
    }

    private func fits(_ member: StringValue, _ run: PackedRun, _ limits: SetLimits) -> Bool {
        run.count < limits.listpackCountMax && member.count <= limits.memberSizeMax
            && run.listpackSize + member.count < SetLimits.listpackSizeMax
    }

    /// Removes a member. Returns whether it was there.
    public mutating func remove(_ member: StringValue) -> Bool {
        switch contents.form {
        case .table(let table): return table.remove(TableKey(member))
        case .intset(var set):
            guard case .integer(let integer) = member, set.remove(integer) else { return false }
            value = StoredValue(set)
            return true
        case .listpack(var run):
            guard let position = run.find(member) else { return false }
            run.remove(at: position)
            value = StoredValue(run, .set)
            return true
        }
    }

    // MARK: Conversion

    /// Makes an intset take a member that is no integer.
    private mutating func convertIntset(toTake member: StringValue, _ limits: SetLimits) {
        let set = value.intset
        let count = set.count
        let longest = count == 0 ? 0 : max(digits(set[0]), digits(set[count - 1]))
        let isSmall =
            count < limits.listpackCountMax && member.count <= limits.memberSizeMax
            && longest <= limits.memberSizeMax
        if isSmall { convertToListpack() } else { convertToTable() }
    }

    private func digits(_ integer: Int64) -> Int { StringValue.integer(integer).count }

    private mutating func convertToListpack() {
        var run = PackedRun.make()
        contents.forEach { run.append($0) }
        run.fit()
        replace(by: StoredValue(run, .set))
    }

    mutating func convertToTable() {
        let table = PackedTable.make()
        contents.forEach { table.insert(TableKey($0)) }
        replace(by: StoredValue(table.root, .set, .hashtable))
    }

    /// Makes a set of nothing but integers an intset, unless it is too large for one.
    public mutating func convertToIntset(limits: SetLimits) {
        guard value.encoding != .intset, count <= limits.intsetCountMax else { return }
        var set = Intset.make()
        contents.forEach {
            guard case .integer(let integer) = $0 else {
                preconditionFailure("the caller has seen integers only")
            }
            _ = set.insert(integer)
        }
        replace(by: StoredValue(set))
    }

    private mutating func replace(by other: StoredValue) {
        value.free()
        value = other
    }

    /// Gives back memory that the making has left over.
    public mutating func fit() {
        switch contents.form {
        case .intset(var set):
            set.fit()
            value = StoredValue(set)
        case .listpack(var run):
            run.fit()
            value = StoredValue(run, .set)
        case .table: break
        }
    }
}

extension Entry {
    /// Changes the set of an entry that the database has prepared (`Database.valueForChange`).
    public func changeSet<Result>(_ body: (inout SetValue) -> Result) -> Result {
        var set = SetValue(value)
        defer { setRoot(set.value) }
        return body(&set)
    }
}
