import Bytes
import CPlatform

extension PackedTable {
    /// Inserts an element that is not there.
    ///
    /// - Parameters:
    ///   - value: of a field of a hash; a set has none.
    ///   - deadline: Unix milliseconds; only with a value.
    public func insert(
        _ key: TableKey, value: StringValue? = nil, deadline: Int64? = nil
    ) {
        let size = Self.entrySize(key, value, deadline)
        unsafe write(key, value, deadline, to: room(for: size, hash: key.hash))
    }

    /// Inserts an entry that was written for this table.
    func insert(_ entry: TableEntry, hash: UInt64) {
        unsafe ls_copy(room(for: entry.size, hash: hash), entry.address, entry.size)
    }

    /// Counts a new entry of a size, and says where its bytes are to be written.
    private func room(for size: Int, hash: UInt64) -> UnsafeMutableRawPointer {
        let page = pageWithRoom(for: size, hash: hash)
        let target = unsafe page.append(size: size, tag: UInt8(truncatingIfNeeded: hash))
        count += 1
        if page.count > fullest { fullest = page.count }
        return unsafe target
    }

    /// Bytes of an entry in its page.
    static func entrySize(_ key: TableKey, _ value: StringValue?, _ deadline: Int64?) -> Int {
        TablePart.size(key.value) + (value.map { TablePart.size($0) } ?? 0)
            + (deadline == nil ? 0 : TableEntry.deadlineSize)
    }

    /// Writes an entry, and counts what of it stands outside.
    func write(
        _ key: TableKey, _ value: StringValue?, _ deadline: Int64?,
        to target: UnsafeMutableRawPointer
    ) {
        var offset = unsafe write(key.value, to: target)
        if let value { unsafe offset += write(value, to: target + offset) }
        if let deadline {
            precondition(value != nil, "members of sets have no deadline")
            unsafe target.storeBytes(of: deadline, toByteOffset: offset, as: Int64.self)
        }
    }

    /// Inserts a member of a set. Returns whether it was not there.
    @discardableResult
    public func insertIfAbsent(_ key: TableKey) -> Bool {
        guard page(of: key.hash).page.find(key) == nil else { return false }
        insert(key)
        return true
    }

    /// Gives the field at a place another value and deadline.
    public func replace(_ place: TablePlace, value: StringValue, deadline: Int64?) {
        let entry = self[place]
        let fieldSize = entry.fieldSize
        unsafe retireOutside(at: entry.address + fieldSize)
        let size =
            fieldSize + TablePart.size(value)
            + (deadline == nil ? 0 : TableEntry.deadlineSize)
        let page = resize(place, to: size)
        let target = unsafe page.place(place.index)
        let offset = unsafe fieldSize + write(value, to: target + fieldSize)
        if let deadline {
            unsafe target.storeBytes(of: deadline, toByteOffset: offset, as: Int64.self)
        }
        splitIfFull(place.hash)
    }

    /// Gives the field at a place another deadline, or none; its value stays.
    public func setDeadline(_ deadline: Int64?, at place: TablePlace) {
        let entry = self[place]
        let fieldSize = entry.fieldSize
        let end = unsafe fieldSize + TablePart.size(at: entry.address + fieldSize)
        let page = resize(place, to: end + (deadline == nil ? 0 : TableEntry.deadlineSize))
        if let deadline {
            unsafe page.place(place.index).storeBytes(
                of: deadline, toByteOffset: end, as: Int64.self)
        }
        splitIfFull(place.hash)
    }

    /// Removes the element at a place.
    public func remove(_ place: TablePlace) {
        discard(self[place])
        let page = changeable(place.page, hash: place.hash)
        page.remove(place.index)
        count -= 1
        let isMerged = page.count <= TablePage.mergeCountMax / 2 && merge(place.hash)
        if !isMerged, page.isWasteful { put(page.fitted(epoch: root.epoch), for: page, place.hash) }
    }

    /// Removes the element of a key. Returns whether it was there.
    @discardableResult
    public func remove(_ key: TableKey) -> Bool {
        guard let place = place(of: key) else { return false }
        remove(place)
        return true
    }

    // MARK: Parts outside

    private func write(_ value: StringValue, to target: UnsafeMutableRawPointer) -> Int {
        guard TablePart.isOutside(value) else { return unsafe TablePart.write(value, to: target) }
        let node = TablePart.makeOutside(value, epoch: root.epoch)
        outsideCount += 1
        nodesSize += node.memoryUsage
        return unsafe TablePart.write(outside: node, to: target)
    }

    private func retireOutside(at part: UnsafeRawPointer) {
        if outsideCount > 0, unsafe TablePart.isOutside(at: part) {
            unsafe retire(outside: TablePart.outside(at: part))
        }
    }

    /// Retires what of an entry stands outside of its page.
    func discard(_ entry: TableEntry) {
        guard outsideCount > 0 else { return }
        entry.forEachOutside { retire(outside: $0.node) }
    }

    private func retire(outside node: Node) {
        outsideCount -= 1
        retire(node)
    }

    func retire(_ node: Node) {
        nodesSize -= node.memoryUsage
        root.retire(node)
    }

    // MARK: Pages

    /// The page of a hash, with room for one more entry and not shared.
    private func pageWithRoom(for size: Int, hash: UInt64) -> TablePage {
        var word = page(of: hash)
        while isFull(word.page, adding: size), word.localDepth < Self.depthMax {
            split(hash)
            word = page(of: hash)
        }
        let page = word.page
        if page.hasRoom(for: size) { return changeable(page, hash: hash) }
        let larger = page.enlarged(by: size, epoch: root.epoch)
        put(larger, for: page, hash)
        return larger
    }

    private func isFull(_ page: TablePage, adding size: Int) -> Bool {
        let count = page.count
        return count >= TablePage.countMax
            || count >= TablePage.splitCountMin && page.used + size > TablePage.bytesMax
    }

    private func splitIfFull(_ hash: UInt64) {
        var word = page(of: hash)
        while isOverfull(word.page), word.localDepth < Self.depthMax {
            split(hash)
            word = page(of: hash)
        }
    }

    private func isOverfull(_ page: TablePage) -> Bool {
        page.used > TablePage.bytesMax && page.count >= TablePage.splitCountMin
    }

    /// The page with the entry at a place resized, not shared; the first bytes are as they were.
    private func resize(_ place: TablePlace, to size: Int) -> TablePage {
        if place.page.canResize(place.index, to: size) {
            let page = changeable(place.page, hash: place.hash)
            page.resize(place.index, to: size)
            return page
        }
        let larger = place.page.enlarged(by: size, epoch: root.epoch)
        larger.resize(place.index, to: size)
        put(larger, for: place.page, place.hash)
        return larger
    }

    /// The page itself, or the copy that takes its place when it is shared.
    private func changeable(_ page: TablePage, hash: UInt64) -> TablePage {
        guard root.isShared(page.node) else { return page }
        let copy = TablePage(node: page.node.copied(epoch: root.epoch))
        put(copy, for: page, hash)
        return copy
    }

    /// Puts a page of the same entries in the place of one.
    private func put(_ page: TablePage, for old: TablePage, _ hash: UInt64) {
        let word = self.page(of: hash)
        precondition(word.page == old)
        nodesSize += page.node.memoryUsage
        point(hash, to: DirectoryWord(page: page, localDepth: word.localDepth))
        retire(old.node)
    }
}
